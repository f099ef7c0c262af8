// Tokens that pass through every way a request can end are found nowhere afterwards: not in a log, not in the audit, not
// in any table. While they pass, stores refuse, answers get lost and functions are killed.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { type Runtime, startRuntime } from '../../local/main.ts';
import { type Answer, clientOf } from './client.ts';

const CHAOS = 'seed=11,throttle=3%,error500=3%,lostResponse=3%,killFunction=6%';
const dataDir = join(mkdtempSync(join(tmpdir(), 'lazyark-canaries-')), 'data');
const canaries = new Map<string, string>();
const endings = new Map<number, number>();
let runtime: Runtime;
let token = '';
const api = clientOf(() => ({ endpoint: runtime.url, token }), 30_000);

const plant = (what: string, secret: string): string => {
  canaries.set(secret, what);
  return secret;
};

async function send(method: string, path: string, sent: Parameters<typeof api.call>[2] = {}): Promise<Answer> {
  const answer = await api.call(method, `/api/v1${path}`, sent);
  endings.set(answer.status, (endings.get(answer.status) ?? 0) + 1);
  return answer;
}

/** Tries until it worked: with these faults not every request does. The secret of each answer is planted. */
async function issued(what: string, path: string, body: object, field: string): Promise<Record<string, string>> {
  const answer = await api.until(
    what,
    () => send('POST', path, { body }),
    ({ status }) => status < 300 || status === 409,
  );
  const given = JSON.parse(answer.text) as Record<string, string>;
  if (given[field]) plant(what, String(given[field]));
  return given;
}

const agent = (number: number) => ({
  id: `agt_canary-${number}`,
  title: 'A canary',
  role: 'Sings',
  department: 'COO',
  capabilities: ['noop'],
  transport: 'pull',
});

async function passThrough(): Promise<void> {
  for (let n = 0; n < 8; n += 1) {
    const { principalId, token: own } = await issued(
      `principal ${n}`,
      '/principals',
      { title: `p${n}`, roles: ['captain'] },
      'token',
    );
    await send('GET', '/me', { token: own });
    await send('POST', '/kill', { token: own, body: { nonsense: true } });
    await issued(`rotated ${n}`, `/principals/${principalId}/rotate`, { graceMinutes: n }, 'token');
    if (n % 2) await send('POST', `/principals/${principalId}/revoke`, { body: { reason: 'over' } });
    await send('GET', '/me', { token: own });
  }
  for (let n = 0; n < 5; n += 1) {
    const { credential } = await issued(`agent ${n}`, '/agents', agent(n), 'credential');
    await send('POST', `/agents/agt_canary-${n}/heartbeat`, { token: credential ?? 'none' });
  }
  for (let n = 0; n < 5; n += 1) {
    const wrong = plant(`wrong token ${n}`, `lzk_wrong-${n}-Qx7vT2mN9cLkR4sW`);
    await send('GET', '/status', { token: wrong });
    await send('GET', '/status', { token: null, headers: { authorization: `Basic ${wrong}` } });
  }
  for (let n = 0; n < 4; n += 1) {
    const own = plant(`token in a body ${n}`, `lzk_body-${n}-Hb5xP8dJ3fYzM6gV`);
    const body = { title: 'x', roles: ['viewer'], token: own };
    expect((await send('POST', '/principals', { body })).text).not.toContain('"token":"');
    await send('POST', '/principals', { raw: `{"title": "x", "token": "${own}"` });
  }
  const secretNow = () => runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '');
  const rotated = async () => {
    await send('POST', '/credentials/operator-token/rotate');
    return secretNow();
  };
  plant('the new operator token', await api.until('the rotation went through', rotated, (now) => now !== token));
}

const found = (where: string, text: string): string[] =>
  [...canaries].filter(([secret]) => text.includes(secret)).map(([, what]) => `${what} in ${where}`);

/** Every cell of every table of the runtime's store but those that are there to keep secrets. */
function storeText(): string {
  const db = new DatabaseSync(join(dataDir, 'store.sqlite'), { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
  const kept = tables.map(({ name }) => name).filter((name) => !/^rt_secrets_/.test(name));
  expect(kept.length).toBeGreaterThan(3);
  const cells = kept.flatMap((name) =>
    (db.prepare(`SELECT * FROM "${name}"`).all() as Record<string, unknown>[]).flatMap((row) => Object.values(row)),
  );
  db.close();
  return cells
    .map((cell) => (ArrayBuffer.isView(cell) ? Buffer.from(cell.buffer).toString() : String(cell)))
    .join('\n');
}

describe('secrets that pass through', () => {
  let audit = '';
  beforeAll(async () => {
    const assembly = await ensureAssembly({ quiet: true });
    runtime = await startRuntime({ assembly, dataDir, port: 0, chaos: CHAOS });
    token = plant('the operator token', await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? ''));
    await passThrough();
    const exported = await api.until(
      'the audit has the access',
      () => api.call('GET', '/api/v1/audit/export?lane=operations'),
      ({ text }) => text.includes('access: agent credentials') || text.includes('access: principal rotated'),
    );
    audit = exported.text;
    await runtime.stop();
  }, 180_000);
  afterAll(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }));

  it('are many, and went through success, refusal and failure', () => {
    expect(canaries.size).toBeGreaterThanOrEqual(30);
    for (const status of [200, 201, 400, 403]) expect(endings.get(status) ?? 0).toBeGreaterThan(0);
    expect((endings.get(500) ?? 0) + (endings.get(503) ?? 0)).toBeGreaterThan(0);
  });

  it('are in no log', () => {
    const logs = globSync('logs/**/*', { cwd: dataDir, withFileTypes: true }).filter((file) => file.isFile());
    expect(logs.length).toBeGreaterThan(0);
    for (const { parentPath, name } of logs)
      expect(found(name, readFileSync(join(parentPath, name), 'utf8'))).toEqual([]);
  });

  it('are not in the audit', () => {
    expect(audit.length).toBeGreaterThan(1_000);
    expect(found('the audit', audit)).toEqual([]);
  });

  it('are in no table but where secrets are kept', () => {
    const text = storeText();
    expect(text).toContain('principal#prn_');
    expect(found('the store', text)).toEqual([]);
  });

  it('would be found', () => {
    for (const [secret, what] of canaries)
      expect(found('a text', `before ${secret} after`)).toEqual([`${what} in a text`]);
  });
});
