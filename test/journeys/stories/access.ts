// Nobody gets in without the token: asked of every route that the API describes.
import { describe, expect, it } from 'vitest';
import type { Client } from '../client.ts';
import { type OpenApi, operationsIn } from './documents.ts';

const IDS: Record<string, string> = {
  objectiveId: 'obj_00000000000000000000000000',
  taskId: 'tsk_00000000000000000000000000_0',
  agentId: 'agt_noop',
  name: 'nothing',
  principalId: 'prn_00000000000000000000000000',
  effectId: 'eff_000000000000000000000000000000',
  decisionId: 'dec_000000000000000000000000000000',
  entryId: 'aud_objectives_1',
  snapshotId: 'snp_20000101T000000Z',
  restoreId: 'rst_20000101T000000Z',
};

export function accessStories(api: Client): void {
  const routes = async () => {
    const document = JSON.parse((await api.call('GET', '/api/v1/openapi.json', { token: null })).text) as OpenApi;
    return operationsIn(document).map(({ method, path }) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{(\w+)\}/g, (_, name: string) => IDS[name] ?? name),
    }));
  };
  const statuses = async (token: string | null) => {
    const answers: string[] = [];
    for (const { method, path } of await routes())
      answers.push(`${method} ${path} ${(await api.call(method, path, { token })).status}`);
    return answers;
  };
  const allWith = async (status: number) => (await routes()).map(({ method, path }) => `${method} ${path} ${status}`);

  describe('access', () => {
    it('no route answers without a token: 401', async () => {
      expect(await statuses(null)).toEqual(await allWith(401));
    });

    it('no route answers to a wrong token: 403', async () => {
      expect(await statuses('wrong')).toEqual(await allWith(403));
    });

    it('the token alone, another scheme, and the token with something added are wrong tokens', async () => {
      const { token } = api.swarmNow();
      for (const authorization of [token, `Basic ${token}`, `Bearer ${token}x`, `Bearer ${token.slice(0, -1)}`]) {
        const { status } = await api.call('GET', '/api/v1/control', { token: null, headers: { authorization } });
        expect(status).toBe(403);
      }
    });

    it('a refused request changes nothing', async () => {
      const before = await api.get('/control');
      await api.call('POST', '/api/v1/kill', { token: 'wrong', body: { reason: 'a stranger' } });
      await api.call('POST', '/api/v1/kill', { token: null, body: { reason: 'a stranger' } });
      expect(await api.get('/control')).toEqual(before);
    });
  });
}
