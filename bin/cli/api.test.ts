import { describe, expect, it } from 'vitest';
import { openApi } from './api.ts';

function anApi(...statuses: number[]) {
  const keys: (string | null)[] = [];
  const send: typeof fetch = async (_url, init) => {
    keys.push(new Headers(init?.headers).get('idempotency-key'));
    return new Response(JSON.stringify({ detail: 'said' }), { status: statuses[keys.length - 1] ?? 200 });
  };
  return { keys, api: openApi({ endpoint: 'http://test', fetch: send, pausesMs: [0, 0] }) };
}

describe('a request whose answer may pass', () => {
  it('is sent again, under the same key', async () => {
    const { api, keys } = anApi(503, 500);
    expect(await api.post('/kill', {})).toEqual({ detail: 'said' });
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it('is given up after the third time, and one that was refused is not repeated', async () => {
    const busy = anApi(503, 503, 503, 200);
    await expect(busy.api.get('/status')).rejects.toMatchObject({ status: 503 });
    expect(busy.keys).toHaveLength(3);
    const refused = anApi(400);
    await expect(refused.api.get('/status')).rejects.toMatchObject({ status: 400 });
    expect(refused.keys).toHaveLength(1);
  });
});
