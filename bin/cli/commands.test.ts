import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { rootOver } from '../../functions/audit/merkle.ts';
import { fingerprintOf, statementAfter } from '../../functions/audit/root.ts';
import { type Asked, aProblem, type FakeApi, fakeApi, type Routes } from '../../test/builders/fake-api.ts';
import { runCommandLine } from './program.ts';
import type { Screen } from './terminal.ts';
import { entryHash, genesisHash } from './verify-audit.ts';

const opened: FakeApi[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((api) => api.close()));
});

async function anApi(routes: Routes): Promise<FakeApi> {
  const api = await fakeApi(routes);
  opened.push(api);
  return api;
}

type Ran = { code: number; out: string; err: string };
async function lazyark(api: FakeApi | undefined, ...argv: string[]): Promise<Ran> {
  const ran = { out: '', err: '' };
  const screen = (name: 'out' | 'err'): Screen => ({
    write: (text) => {
      ran[name] += text;
    },
    isTty: false,
    columns: 100,
    rows: 30,
    colours: false,
  });
  const env = api ? { LAZYARK_ENDPOINT: api.url, LAZYARK_TOKEN: 'secret' } : {};
  const code = await runCommandLine(argv, { terminal: { stdout: screen('out'), stderr: screen('err') }, env });
  return { code, ...ran };
}

const folder = mkdtempSync(join(tmpdir(), 'commands-'));
function aFile(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}
const objectiveId = 'obj_01JABCDEFGHJKMNPQRSTVWXYZ0';
const submitted = { objectiveId, status: 'queued', priority: { score: 71, reasons: ['impact 8', 'due in days'] } };
const anObjective = (status: string, tasks: object[] = [], more: object = {}) => ({
  objectiveId,
  text: 'Raise the score',
  status,
  priority: submitted.priority,
  progress: { percent: 50, done: 1, total: 2 },
  tasks,
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
});
const aTask = (status: string, more: object = {}) => ({
  taskId: 'tsk_01_0',
  title: 'Read',
  capability: 'noop',
  status,
  attempts: 1,
  dependsOn: [],
  ...more,
});
const bodyOf = (asked: Asked | undefined): Record<string, unknown> => JSON.parse(asked?.body ?? '{}');

describe('objective submit', () => {
  it('sends the file with its token and a new Idempotency-Key each time', async () => {
    const api = await anApi({ 'POST /api/v1/objectives': () => ({ status: 201, json: submitted }) });
    const file = aFile('a.yaml', 'text: Raise the score\nimpact: 8\n');
    const ran = await lazyark(api, 'objective', 'submit', file);
    await lazyark(api, 'objective', 'submit', file);
    expect(ran).toEqual({ code: 0, out: `${objectiveId}\nqueued, priority 71: impact 8; due in days\n`, err: '' });
    expect(bodyOf(api.asked[0])).toMatchObject({ text: 'Raise the score', impact: 8, inputs: [] });
    expect(api.asked[0]?.headers.authorization).toBe('Bearer secret');
    const keys = api.asked.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('sends small texts inline, read relative to the objective file, with their media type', async () => {
    const api = await anApi({ 'POST /api/v1/objectives': () => ({ status: 201, json: submitted }) });
    aFile('feedback.csv', '\ufeffscore\n9\n');
    const file = aFile(
      'b.yaml',
      'text: x\ninputs:\n  - { name: feedback, file: feedback.csv }\n  - { name: note, content: hi }\n',
    );
    expect((await lazyark(api, 'objective', 'submit', file)).code).toBe(0);
    expect(bodyOf(api.asked[0]).inputs).toEqual([
      { name: 'feedback', mediaType: 'text/csv', content: '\ufeffscore\n9\n' },
      { name: 'note', content: 'hi' },
    ]);
  });

  it.each([
    { when: 'more than 64 KB', content: Buffer.alloc(64 * 1024 + 1, 'a') },
    { when: 'no UTF-8', content: Buffer.from([0x73, 0xe4, 0x0a]) },
  ])('uploads what is $when and sends the artifact id', async ({ content }) => {
    const routes: Routes = {
      'POST /api/v1/objectives': () => ({ status: 201, json: submitted }),
      'PUT /bucket/upload': () => ({ text: '' }),
    };
    const api = await anApi(routes);
    const place = { artifactId: 'art_01JABCDEFGHJKMNPQRSTVWXYZ0', uploadUrl: `${api.url}/bucket/upload?sig=1` };
    routes['POST /api/v1/artifacts'] = () => ({ status: 201, json: place });
    aFile('large.csv', content);
    const ran = await lazyark(
      api,
      'objective',
      'submit',
      aFile('c.yaml', 'text: x\ninputs:\n  - { name: in, file: large.csv }\n'),
    );
    expect(ran.code).toBe(0);
    expect(ran.err).toMatch(/^uploaded in \(0\.\d MB\)\n$/);
    const [asked, put, posted] = api.asked;
    expect(bodyOf(asked)).toEqual({ name: 'in', mediaType: 'text/csv', bytes: content.length });
    expect(put?.headers).toMatchObject({ 'content-type': 'text/csv', 'content-length': `${content.length}` });
    expect(put?.headers.authorization).toBeUndefined();
    expect(put?.body).toBe(content.toString('utf8'));
    expect(bodyOf(posted).inputs).toEqual([{ name: 'in', mediaType: 'text/csv', artifactId: place.artifactId }]);
  });

  it('uploads what there is no more room for in the request', async () => {
    const routes: Routes = {
      'POST /api/v1/objectives': () => ({ status: 201, json: submitted }),
      'PUT /bucket/upload': () => ({ text: '' }),
    };
    const api = await anApi(routes);
    const place = { artifactId: 'art_01JABCDEFGHJKMNPQRSTVWXYZ0', uploadUrl: `${api.url}/bucket/upload?sig=1` };
    routes['POST /api/v1/artifacts'] = () => ({ status: 201, json: place });
    aFile('some.csv', 'a'.repeat(60_000));
    const inputs = Array.from({ length: 6 }, (_, n) => `  - { name: in${n}, file: some.csv }\n`).join('');
    expect((await lazyark(api, 'objective', 'submit', aFile('d.yaml', `text: x\ninputs:\n${inputs}`))).code).toBe(0);
    const posted = bodyOf(api.asked.at(-1)).inputs as { content?: string; artifactId?: string }[];
    expect(posted.filter(({ content }) => content !== undefined)).toHaveLength(5);
    expect(posted.at(-1)).toMatchObject({ artifactId: place.artifactId });
  });

  it('an upload that is refused says so and hands in nothing', async () => {
    const routes: Routes = { 'PUT /bucket/upload': () => ({ status: 403, text: '<Code>AccessDenied</Code>' }) };
    const api = await anApi(routes);
    routes['POST /api/v1/artifacts'] = () => ({ json: { artifactId: 'art_1', uploadUrl: `${api.url}/bucket/upload` } });
    aFile('big.csv', Buffer.alloc(300_000, 'a'));
    const ran = await lazyark(
      api,
      'objective',
      'submit',
      aFile('d.yaml', 'text: x\ninputs:\n  - { name: in, file: big.csv }\n'),
    );
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('was not uploaded: 403 <Code>AccessDenied');
    expect(api.asked.map(({ path }) => path)).not.toContain('/api/v1/objectives');
  });

  it.each([
    {
      when: 'is missing',
      file: 'nix.csv',
      says: /inputs\[0\]\.file: .*nix\.csv cannot be read: there is no such file/,
    },
    { when: 'is a folder', file: '.', says: /inputs\[0\]\.file: .* is not a file/ },
  ])('an input that $when is bad input, and nothing is sent', async ({ file, says }) => {
    const api = await anApi({});
    const ran = await lazyark(
      api,
      'objective',
      'submit',
      aFile('e.yaml', `text: x\ninputs:\n  - { name: in, file: ${file} }\n`),
    );
    expect([ran.code, api.asked.length]).toEqual([2, 0]);
    expect(ran.err).toMatch(says);
  });

  it('words what the server refuses with the line of the file', async () => {
    const errors = [{ path: 'plan[0].capability', expected: 'a known capability', got: '"fly"' }];
    const api = await anApi({
      'POST /api/v1/objectives': () => aProblem(422, 'invalid_plan', 'The plan cannot be done', errors),
    });
    const file = aFile('f.yaml', 'text: x\nplan:\n  - id: a\n    title: A\n    capability: fly\n');
    const ran = await lazyark(api, 'objective', 'submit', file);
    expect(ran.code).toBe(2);
    expect(ran.err).toBe(
      `The plan cannot be done (422 invalid_plan)\n  ${file}:5: plan[0].capability: expected a known capability, got "fly"\n`,
    );
  });
});

describe('objective watch and show', () => {
  it('prints changes until the end, then the report', async () => {
    const looks = [
      anObjective('running', [aTask('running')]),
      anObjective('succeeded', [aTask('succeeded')], { result: { report: '# Done' } }),
    ];
    const api = await anApi({
      [`GET /api/v1/objectives/${objectiveId}`]: () => ({ json: looks.length > 1 ? looks.shift() : looks[0] }),
    });
    const ran = await lazyark(api, 'objective', 'watch', objectiveId);
    expect(ran.code).toBe(0);
    expect(ran.out).toBe('\n# Done\n');
    expect(ran.err).toContain('  running     Read');
    expect(ran.err).toContain('  succeeded   Read');
  });

  it('a failed objective ends with 1, its reason and how to redrive; --json keeps stdout for the machine', async () => {
    const failed = anObjective('failed', [aTask('dead_letter', { error: { name: 'Boom', message: 'no' } })], {
      problem: 'a task gave up',
    });
    const api = await anApi({ [`GET /api/v1/objectives/${objectiveId}`]: () => ({ json: failed }) });
    const ran = await lazyark(api, 'objective', 'watch', objectiveId, '--json');
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toEqual(failed);
    expect(ran.err).toContain('lazyark task redrive tsk_01_0');
  });

  it('shows tasks and result', async () => {
    const done = anObjective('succeeded', [aTask('succeeded')], { result: { report: '# Done' } });
    const api = await anApi({ [`GET /api/v1/objectives/${objectiveId}`]: () => ({ json: done }) });
    expect((await lazyark(api, 'objective', 'show', objectiveId)).out).toMatch(
      /Raise the score .*\n {2}Read .*succeeded\n\n# Done\n$/s,
    );
  });
});

describe('lists and verbs', () => {
  it('prints a page as a table and how to see the next one', async () => {
    const api = await anApi({
      'GET /api/v1/objectives': () => ({ json: { items: [anObjective('running')], cursor: 'next' } }),
    });
    const ran = await lazyark(api, 'objective', 'list', '--status', 'running', '--limit', '5');
    expect(ran.out).toMatch(
      /^objective +status +done +priority +text\nobj_01\S+ +running +1\/2 +71 +Raise the score\nmore: --cursor next\n$/,
    );
    expect(Object.fromEntries(api.asked[0]?.query ?? [])).toEqual({ limit: '5', status: 'running' });
  });

  it.each([
    { argv: ['objective', 'pause', objectiveId], path: `/api/v1/objectives/${objectiveId}/pause`, body: {} },
    { argv: ['objective', 'cancel', objectiveId], path: `/api/v1/objectives/${objectiveId}/cancel`, body: {} },
    {
      argv: ['objective', 'prioritise', objectiveId, '90'],
      path: `/api/v1/objectives/${objectiveId}/priority`,
      body: { score: 90 },
    },
    { argv: ['task', 'redrive', 'tsk_1_0'], path: '/api/v1/tasks/tsk_1_0/redrive', body: {} },
    { argv: ['kill', '--reason', 'drill'], path: '/api/v1/kill', body: { reason: 'drill', scope: 'everything' } },
    {
      argv: ['kill', '--reason', 'drill', '--agent', 'agt_a'],
      path: '/api/v1/kill',
      body: { reason: 'drill', scope: { agentId: 'agt_a' } },
    },
    {
      argv: ['resume', '--reason', 'over', '--room', 'finance'],
      path: '/api/v1/resume',
      body: { reason: 'over', scope: { room: 'finance' } },
    },
  ])('$argv posts to $path', async ({ argv, path, body }) => {
    const answer = { status: 'accepted', priority: submitted.priority };
    const api = await anApi({ [`POST ${path}`]: () => ({ json: answer }) });
    const ran = await lazyark(api, ...argv, '--json');
    expect([ran.code, JSON.parse(ran.out)]).toEqual([0, answer]);
    expect(bodyOf(api.asked[0])).toEqual(body);
    expect(api.asked[0]?.headers['idempotency-key']).toBeDefined();
  });

  it('lists the dead letters, or all tasks of an objective', async () => {
    const dead = {
      taskId: 'tsk_1_0',
      title: 'Read',
      attempts: 3,
      since: '2026-01-01',
      error: { name: 'Boom', message: 'no' },
    };
    const api = await anApi({
      'GET /api/v1/tasks': () => ({ json: { items: [dead] } }),
      [`GET /api/v1/objectives/${objectiveId}`]: () => ({ json: anObjective('running', [aTask('running')]) }),
    });
    expect((await lazyark(api, 'task', 'list')).out).toMatch(/\ntsk_1_0 +2026-01-01 +3 +Read +Boom: no\n$/);
    expect(api.asked[0]?.query.get('status')).toBe('dead_letter');
    expect((await lazyark(api, 'task', 'list', '--objective', objectiveId)).out).toMatch(
      /\ntsk_01_0 +running +1 +Read\n$/,
    );
  });

  it('registers an agent from a file', async () => {
    const api = await anApi({ 'POST /api/v1/agents': () => ({ status: 201, json: { agentId: 'agt_x', token: 't' } }) });
    const ran = await lazyark(api, 'agent', 'register', aFile('agent.yaml', 'id: x\ncapabilities: [noop]\n'));
    expect(ran.out).toBe('agentId  agt_x\ntoken    t\n');
    expect(bodyOf(api.asked[0])).toEqual({ id: 'x', capabilities: ['noop'] });
  });

  it('bootstraps and waits until the swarm is active', async () => {
    const runs = ['running', 'running', 'succeeded'];
    const api = await anApi({
      'POST /api/v1/bootstrap': () => ({ status: 202, json: { status: 'never', detail: null } }),
      'GET /api/v1/bootstrap': () => ({ json: { status: runs.shift(), detail: null } }),
      'GET /api/v1/control': () => ({ json: { mode: 'active' } }),
    });
    expect(await lazyark(api, 'bootstrap', '--max-spend-usd', '5')).toEqual({ code: 0, out: 'mode active\n', err: '' });
    expect(bodyOf(api.asked[0])).toEqual({ constraints: { maxSpendUsd: 5 } });
    expect(runs).toEqual([]);
  });

  it.each([
    { mode: 'not_bootstrapped', says: 'The bootstrap failed: agt_writer did not answer' },
    { mode: 'killed', says: 'The kill switch is set' },
  ])('a bootstrap that leaves the swarm $mode has failed', async ({ mode, says }) => {
    const api = await anApi({
      'POST /api/v1/bootstrap': () => ({
        status: 202,
        json: { status: 'failed', detail: 'agt_writer did not answer' },
      }),
      'GET /api/v1/control': () => ({ json: { mode } }),
    });
    expect(await lazyark(api, 'bootstrap')).toMatchObject({ code: 1, err: expect.stringContaining(says) });
  });
});

describe('what goes wrong', () => {
  it.each([
    { status: 401, code: 2, says: 'The token is missing or wrong' },
    { status: 404, code: 2, says: 'gone (404 some_code)' },
    { status: 429, code: 1, says: 'gone (429 some_code)' },
    { status: 503, code: 1, says: 'gone (503 some_code)' },
  ])('$status ends with $code', async ({ status, code, says }) => {
    const api = await anApi({ 'GET /api/v1/status': () => aProblem(status, 'some_code', 'gone') });
    const ran = await lazyark(api, 'status');
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toContain(says);
  });

  it('words the errors of what stands before the API too', async () => {
    const api = await anApi({ 'GET /api/v1/status': () => ({ status: 403, json: { message: 'Forbidden' } }) });
    expect((await lazyark(api, 'status')).err).toContain('Forbidden (403 http_403)');
    const page = await anApi({ 'GET /api/v1/status': () => ({ text: '<html>' }) });
    expect(await lazyark(page, 'status')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is it a LazyArk API'),
    });
  });

  it.each([
    { argv: ['objective', 'fly'], says: "unknown command 'fly'" },
    { argv: ['kill'], says: '--reason: expected a word on why' },
    { argv: ['kill', '--reason', 'x', '--agent', 'a', '--room', 'b'], says: 'expected one of them at most' },
    { argv: ['kill', 'verify', '/nonexistent'], says: '/nonexistent cannot be read' },
    { argv: ['objective', 'list', '--status', 'odd'], says: 'Allowed choices are queued' },
    {
      argv: ['objective', 'prioritise', 'obj_1', '101'],
      says: 'score: expected a whole number from 0 to 100, got "101"',
    },
    { argv: ['objective', 'prioritise', 'obj_1'], says: "missing required argument 'score'" },
    { argv: ['status', '--endpoint', 'nonsense'], says: 'expected an http or https address' },
    { argv: ['status', '--data', folder], says: 'there is no file "endpoint" in it' },
    { argv: ['status', '--data', folder, '--endpoint', 'http://x'], says: 'not both' },
    {
      argv: ['start', '--port', '70000', '--data', join(folder, 'new')],
      says: '--port: expected a whole number from 0 to 65535',
    },
    { argv: ['start', '--data', folder], says: 'is no data folder of LazyArk' },
    { argv: ['start', '--run', join(folder, 'nix.yaml')], says: 'there is no such file' },
    { argv: ['audit', 'verify', join(folder, 'nix.jsonl')], says: 'nix.jsonl cannot be read: there is no such file' },
  ])('$argv is bad usage: exit 2', async ({ argv, says }) => {
    const api = await anApi({});
    const ran = await lazyark(api, ...argv);
    expect([ran.code, ran.out, api.asked.length]).toEqual([2, '', 0]);
    expect(ran.err).toContain(says);
  });

  it('says who did not answer', async () => {
    const api = await fakeApi({});
    await api.close();
    const ran = await lazyark(undefined, 'status', '--endpoint', api.url);
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringContaining(`Nothing answered at ${api.url} (ECONNREFUSED)`),
    });
  });

  it('finds endpoint and token in the data folder of a running runtime', async () => {
    const api = await anApi({ 'GET /api/v1/control': () => ({ json: { killed: false } }) });
    const data = join(folder, 'running');
    mkdirSync(data);
    writeFileSync(join(data, 'endpoint'), `${api.url}\n`);
    writeFileSync(join(data, 'operator-token'), 'from-file\n');
    expect(await lazyark(undefined, 'control', 'show', '--data', data)).toMatchObject({
      code: 0,
      out: 'killed  false\n',
    });
    expect(api.asked[0]?.headers.authorization).toBe('Bearer from-file');
  });
});

describe('audit', () => {
  const texts = [1, 2, 3].map((seq) => JSON.stringify({ entryId: `evt_${seq}`, lane: 'safety-0', seq }));
  let hash = genesisHash('safety-0');
  const entries = texts.map((text, index) => {
    hash = entryHash(hash, text);
    return { lane: 'safety-0', seq: index + 1, hash, text };
  });
  const head = { lane: 'safety-0', head: { seq: 3, hash } };
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const empty = { lane: 'safety-0', size: 0, root: rootOver([]), head: genesisHash('safety-0') };
  const sealed = { ...empty, size: 3, root: rootOver(entries.map((entry) => entry.hash)), head: hash };
  const at = '2026-03-01T10:00:00.000Z';
  const signed = (before: { statement: string } | undefined, lane: typeof empty) => {
    const statement = statementAfter(before as never, { at, lanes: [lane], key: fingerprintOf(pem) });
    const signature = sign('sha256', Buffer.from(statement), privateKey).toString('base64');
    return { statement, signature, algorithm: 'ECDSA_SHA_256' };
  };
  const root = signed(undefined, sealed);
  const asLines = (lines: object[]) => lines.map((line) => JSON.stringify(line)).join('\n');
  const pages: Routes = {
    'GET /api/v1/audit/export': ({ query }) =>
      query.get('cursor') === 'p2'
        ? { text: asLines([...entries.slice(2), head]) }
        : {
            text: `${asLines([{ format: 'lazyark-audit-export/1', keys: [pem] }, { root }, ...entries.slice(0, 2), { cursor: 'p2' }])}\n`,
          },
    'GET /api/v1/audit/roots': () => ({ json: { items: [{ epoch: 1 }] } }),
    'GET /api/v1/audit/anchors': () => ({ json: { items: [root] } }),
    'POST /api/v1/audit/seal': () => ({ json: { kind: 'idle', epoch: 1, entries: 0, more: false } }),
  };

  it('verifies what the API exports, page after page', async () => {
    const ran = await lazyark(await anApi(pages), 'audit', 'verify');
    expect(ran.code).toBe(0);
    expect(ran.out).toBe(
      `valid: 3 entries in 1 lanes, nothing changed, missing or reordered\n  safety-0: 3 entries (3 sealed), head ${hash}\n  1 signed roots, the last of ${at}; 1 compared with the archive or your own\n  key ${fingerprintOf(pem)}\n`,
    );
  });

  it('says that the archive holds another root, or one that is missing in the trail', async () => {
    const other = signed(undefined, empty);
    const later = signed({ ...root, epoch: 1 } as never, sealed);
    for (const [anchor, words] of [
      [other, 'not the anchored one'],
      [later, 'cut off'],
    ] as const) {
      const api = await anApi({ ...pages, 'GET /api/v1/audit/anchors': () => ({ json: { items: [anchor] } }) });
      const ran = await lazyark(api, 'audit', 'verify');
      expect(ran).toMatchObject({ code: 1, out: expect.stringContaining(words) });
    }
  });

  it('trusts the keys that were named, and no others', async () => {
    const known = await lazyark(await anApi(pages), 'audit', 'verify', '--fingerprint', fingerprintOf(pem));
    expect(known).toMatchObject({ code: 0, out: expect.stringContaining(', trusted') });
    const unknown = await lazyark(await anApi(pages), 'audit', 'verify', '--fingerprint', 'f'.repeat(64));
    expect(unknown).toMatchObject({ code: 1, out: expect.stringContaining('not one of those that are trusted') });
  });

  it('exports to a file that verifies without a connection, and not after a change', async () => {
    const out = join(folder, 'trail.jsonl');
    expect(await lazyark(await anApi(pages), 'audit', 'export', '--out', out)).toEqual({ code: 0, out: '', err: '' });
    expect(await lazyark(undefined, 'audit', 'verify', out)).toMatchObject({ code: 0 });
    writeFileSync(out, readFileSync(out, 'utf8').replace('evt_2', 'evt_9'));
    const ran = await lazyark(undefined, 'audit', 'verify', out);
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toContain('NOT VALID: 1 fault in 3 entries\n  safety-0 entry 2 (evt_9): ');
  });

  it('an empty file proves nothing', async () => {
    const ran = await lazyark(undefined, 'audit', 'verify', aFile('empty.jsonl', ''));
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('holds no audit entries') });
  });
});

it('completion is made from the real command tree', async () => {
  const ran = await lazyark(undefined, 'completion', 'bash');
  expect(ran.out).toContain('| objective prioritise |');
  expect(ran.out).toContain(
    "'audit verify') words='--fingerprint --anchor --lane --endpoint --token --data --json --help'",
  );
});
