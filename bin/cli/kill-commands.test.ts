import { createSign, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { certificateHead, signedBytes } from '../../functions/safety/certificate.ts';
import { NO_FATES } from '../../functions/safety/containment.ts';
import { type FakeApi, fakeApi, type Routes } from '../../test/builders/fake-api.ts';
import { runCommandLine } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'kill-commands-'));
const opened: FakeApi[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((api) => api.close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lazyark(routes: Routes | undefined, ...argv: string[]) {
  let out = '';
  const write = (text: string) => {
    out += text;
  };
  const screen = { write, isTty: false, columns: 200, rows: 30, colours: false };
  const api = routes && (await fakeApi(routes));
  if (api) opened.push(api);
  const env = api ? { LAZYARK_ENDPOINT: api.url, LAZYARK_TOKEN: 'secret' } : {};
  const code = await runCommandLine(argv, { terminal: { stdout: screen, stderr: screen }, env });
  return { code, out };
}
function aFile(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const killId = 'kil_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const at = '2026-03-01T10:00:00.000Z';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKeyPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const otherPem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();
const facts = {
  killId,
  scope: 'everything',
  by: 'captain',
  reason: 'fire',
  at,
  round: 1,
  roundAt: at,
  effects: NO_FATES,
};
const head = certificateHead(
  { ...facts, status: 'contained', containedAt: at },
  { points: [], fates: [], counts: NO_FATES, sequence: 1, issuedAt: at },
);
const signature = createSign('sha256').update(signedBytes(head)).sign(keys.privateKey, 'base64');
const certificate = {
  certificate: head,
  effects: [],
  signature: { keyId: 'k', algorithm: 'ECDSA_SHA_256', signature },
  publicKeyPem,
};

describe('a certificate on disk', () => {
  it('is downloaded, and valid without any connection', async () => {
    const out = join(folder, 'kill.json');
    const routes = { [`GET /api/v1/kills/${killId}/certificate`]: () => ({ json: certificate }) };
    expect((await lazyark(routes, 'kill', 'certificate', killId, '--out', out)).code).toBe(0);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(certificate);
    const known = await lazyark(undefined, 'kill', 'verify', out, '--public-key', aFile('key.pem', publicKeyPem));
    expect(known).toEqual({ code: 0, out: 'valid: signed with the key given\n' });
    expect((await lazyark(undefined, 'kill', 'verify', out)).out).toContain('by whom, only --public-key tells');
  });

  it('is not valid when it was changed, or signed by another', async () => {
    const changed = aFile('changed.json', { ...certificate, certificate: { ...head, reason: 'a drill' } });
    const ran = await lazyark(undefined, 'kill', 'verify', changed);
    expect([ran.code, ran.out]).toEqual([1, expect.stringContaining('the signature does not fit what it signs')]);
    const foreign = ['--public-key', aFile('other.pem', otherPem), '--json'];
    const told = await lazyark(undefined, 'kill', 'verify', aFile('kill.json', certificate), ...foreign);
    expect(JSON.parse(told.out)).toEqual({ valid: false, faults: ['another_key', 'signature_wrong'] });
  });

  it.each([
    { content: '{', says: 'expected JSON', code: 2 },
    { content: '{}', says: 'no containment certificate', code: 1 },
  ])('with $content says $says', async ({ content, says, code }) => {
    const ran = await lazyark(undefined, 'kill', 'verify', aFile('bad.json', content));
    expect([ran.code, ran.out]).toEqual([code, expect.stringContaining(says)]);
  });
});

describe('a kill on screen', () => {
  const points = [
    { point: 'gate', room: 'safety', state: 'confirmed', afterMs: 0, counts: { copies: 8 } },
    { point: 'task_leases', room: 'objectives', state: 'waiting', afterMs: null, counts: {} },
  ];

  it('shows what has confirmed and what is waited for', async () => {
    const routes = { [`GET /api/v1/kills/${killId}`]: () => ({ json: { ...facts, status: 'containing', points } }) };
    const { out } = await lazyark(routes, 'kill', 'show', killId);
    expect(out).toMatch(/gate +safety +confirmed +0 ms +copies 8/);
    expect(out).toMatch(/task_leases +objectives +waiting/);
    const json = await lazyark(routes, 'kill', 'show', killId, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ status: 'containing', points });
  });

  it('is in the list', async () => {
    const routes = { 'GET /api/v1/kills': () => ({ json: { items: [{ ...facts, status: 'contained' }] } }) };
    expect((await lazyark(routes, 'kill', 'list')).out).toMatch(/everything +contained +captain +fire/);
  });
});
