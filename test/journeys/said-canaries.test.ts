// What people, plans and agents say may hold what is nobody's business. It goes through success, error, time-out and crash of
// a whole swarm, and is found in no log, no state machine's payload or history, not in the audit, in nothing that people or
// reviewers are asked or told, in no certificate and in no snapshot. What was handed in stays where it was handed in. The
// prompts are those of people and of reviewers, who are rules: no language model is asked anything yet.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { CANARIES } from '../../functions/common/mask.test-support.ts';
import { openReceivers, type Receivers } from '../../functions/safety/receivers.test-support.ts';
import { type Runtime, startRuntime } from '../../local/main.ts';
import { clientOf, type Objective } from './client.ts';
import { type PlanTask, task } from './plans.ts';

const dataDir = join(mkdtempSync(join(tmpdir(), 'lazyark-said-')), 'data');
const ALL = CANARIES.map(({ text }) => text).join('\n');
/** The same in lines that fit into a title. */
const SOME = CANARIES.map(({ text }) => text).reduce<string[]>((lines, text) => {
  const last = lines.at(-1);
  if (last !== undefined && last.length + text.length < 180) lines[lines.length - 1] = `${last} ${text}`;
  else lines.push(text);
  return lines;
}, []);
let runtime: Runtime;
let receivers: Receivers;
let token = '';
const api = clientOf(() => ({ endpoint: runtime.url, token }), 60_000);

/** Which canaries a text holds, as it is and as JSON would have escaped it. */
function found(text: string): string[] {
  const plain = text.replaceAll('\\\\', '\\').replaceAll('\\"', '"').replaceAll('\\n', '\n');
  return CANARIES.filter(({ secret }) => text.includes(secret) || plain.includes(secret)).map(({ text: said }) => said);
}

function rowsOf(table: string): Record<string, unknown>[] {
  const db = new DatabaseSync(join(dataDir, 'store.sqlite'), { readOnly: true });
  const rows = db.prepare(`SELECT * FROM "${table}"`).all() as Record<string, unknown>[];
  db.close();
  return rows;
}

const bootstrap = async () => {
  await api.post('/bootstrap', {});
  const run = () => api.get<{ status: string }>('/bootstrap');
  await api.until('the swarm is up', run, ({ status }) => status === 'succeeded');
};

const sandbox = (code: string, more: object = {}): PlanTask =>
  task('run', 'sandbox.run', { code, input: { said: ALL }, ...more });
const ended: Objective[] = [];
const run = async (plan: PlanTask[], more: object = {}) => {
  const tasks = plan.map((one) => ({ ...one, maxAttempts: 1 }));
  ended.push(await api.ended(await api.submit({ text: ALL, plan: tasks, ...more })));
};

async function work(): Promise<void> {
  const content = `score,comment\n${CANARIES.map(({ text }, n) => `${n % 11},${JSON.stringify(text)}`).join('\n')}\n`;
  const inputs = [{ name: 'feedback', mediaType: 'text/csv', content }];
  ended.push(await api.ended(await api.submit({ text: ALL, inputs })));
  await run([sandbox('console.log(input.said); return input.said;')]);
  await run([sandbox('console.error(input.said); throw new Error(input.said);')]);
  await run([sandbox('console.log(input.said); for (;;);', { limits: { cpuMs: 200 } })]);
  await Promise.all(
    ['exit', 'loop', 'hang', 'garbage', 'permanent'].map((mode) =>
      run([{ ...task('drill', 'drill.misbehave', { mode }), title: SOME[0] ?? '' }]),
    ),
  );
  await Promise.all(SOME.map((title) => run([{ ...task('titled', 'drill.misbehave', { mode: 'throw' }), title }])));
}

/** Prompts: five reviewers and a person are asked about what the canaries are the words of. */
async function ask(): Promise<string[]> {
  const dear = { ...task('dear', 'noop', { note: ALL.slice(0, 900) }), title: SOME[1] ?? '', budgetUsd: 60 };
  await api.submit({ text: ALL, budgetUsd: 60, plan: [dear] });
  const wish = (rationale: string, n: number) => ({
    action: 'setting.change',
    parameters: { name: `canary/said-${n}`, value: 1 },
    options: [rationale, 'leave it'],
    choice: rationale,
    rationale,
    confidence: 0.5,
    context: { said: rationale },
  });
  for (const [n, words] of SOME.entries()) await api.post('/effects', wish(words, n));
  type Listed = { items: { decisionId: string }[] };
  const list = () => api.get<Listed>('/decisions?status=open&limit=50');
  const open = await api.until('people are asked', list, ({ items }) => items.length > SOME.length);
  const shown = await Promise.all(open.items.map(({ decisionId }) => api.get<object>(`/decisions/${decisionId}`)));
  const [first] = open.items;
  await api.call('POST', `/api/v1/decisions/${first?.decisionId}/veto`, {
    body: { reason: SOME.join(' ').slice(0, 500) },
  });
  return shown.map((one) => JSON.stringify(one));
}

/** Kills with their certificates, and snapshots, for reasons that hold what they should not. */
async function stop(): Promise<string[]> {
  const certificates: string[] = [];
  for (const reason of SOME) {
    const scope = { agentId: 'agt_noop' };
    const { killId } = await api.post<{ killId: string }>('/kill', { reason, scope });
    const certified = () => api.call('GET', `/api/v1/kills/${killId}/certificate`);
    certificates.push((await api.until('it is certified', certified, ({ status }) => status === 200)).text);
    await api.post('/resume', { reason, scope });
    certificates.push((await api.call('GET', `/api/v1/kills/${killId}`)).text);
  }
  return certificates;
}

/** Copies, each put back again. */
async function copy(): Promise<void> {
  for (const reason of [SOME.slice(0, 3).join(' ').slice(0, 500), SOME.slice(3).join(' ').slice(0, 500)]) {
    const { snapshotId } = await api.post<{ snapshotId: string }>('/snapshots', { reason });
    const taken = async () => (await api.call('GET', `/api/v1/snapshots/${snapshotId}`)).text;
    await api.until('the snapshot is taken', taken, (text) => text.includes('"complete"'));
    const { restoreId } = await api.post<{ restoreId: string }>(`/snapshots/${snapshotId}/restore`, { reason });
    const restored = async () => (await api.call('GET', `/api/v1/restores/${restoreId}`)).text;
    await api.until('it is put back', restored, (text) => text.includes('"complete"'));
  }
}

async function tell(): Promise<string[]> {
  const noticeIds: string[] = [];
  for (const title of SOME) {
    const said = { title, body: ALL.slice(0, 4_000), severity: 'critical' };
    noticeIds.push((await api.post<{ noticeId: string }>('/notices', said)).noticeId);
  }
  const told = () => api.call('GET', '/api/v1/notices?limit=200');
  const all = (text: string) => noticeIds.every((id) => text.includes(id));
  await api.until('all notices are there', told, ({ text }) => all(text));
  await api.until(
    'people were told',
    async () => receivers.received.length,
    (count) => count >= 3,
  );
  for (const id of noticeIds) await api.call('POST', `/api/v1/notices/${id}/acknowledge`, { body: { note: SOME[0] } });
  return [(await told()).text, (await api.call('GET', '/api/v1/notices?status=answered&limit=200')).text];
}

describe('what is nobody’s business', () => {
  const shown: Record<string, string[]> = {};
  let audit = '';
  beforeAll(async () => {
    receivers = await openReceivers();
    receivers.behave('/discord', { status: 200, body: '{"id": "55"}' });
    const assembly = await ensureAssembly({ quiet: true });
    runtime = await startRuntime({ assembly, dataDir, port: 0 });
    token = await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '');
    await bootstrap();
    const channels = {
      ownReceivers: true,
      discord: { webhookUrl: `${receivers.url}/discord/1/secret-part` },
      slack: { webhookUrl: `${receivers.url}/slack/T/B/secret-part` },
      pagerduty: { routingKey: '0'.repeat(32), url: `${receivers.url}/pagerduty` },
    };
    await api.post('/notices/channels', channels);
    await work();
    shown.decisions = await ask();
    shown.effects = [(await api.call('GET', '/api/v1/effects?limit=200')).text];
    shown.certificates = await stop();
    shown.notices = await tell();
    await copy();
    audit = (await api.call('GET', '/api/v1/audit/export')).text;
    await runtime.stop();
    await receivers.close();
  }, 400_000);
  afterAll(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }));

  it('went through success, error, time-out and crash', () => {
    expect(found(ALL)).toHaveLength(CANARIES.length);
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['succeeded', 'failed']));
    const errors = ended.flatMap(({ tasks }) => tasks.flatMap(({ error }) => error?.name ?? []));
    expect(new Set(errors).size).toBeGreaterThan(3);
  });

  it('is in no log', () => {
    const logs = globSync('logs/**/*', { cwd: dataDir, withFileTypes: true }).filter((file) => file.isFile());
    const names = logs.map(({ name }) => name).join();
    for (const talkative of ['SettleTask', 'PerformEffects', 'FollowEffects']) expect(names).toContain(talkative);
    for (const { parentPath, name } of logs)
      expect(found(readFileSync(join(parentPath, name), 'utf8')), name).toEqual([]);
  });

  it('is in no payload and no history of a state machine', () => {
    const executions = rowsOf('rt_states_executions');
    const machines = new Set(executions.map(({ machine }) => machine));
    expect(machines.size, [...machines].join()).toBe(5);
    expect(rowsOf('rt_states_history').length).toBeGreaterThan(10);
    for (const table of ['executions', 'history', 'frames', 'tokens'])
      for (const row of rowsOf(`rt_states_${table}`))
        expect(found(JSON.stringify(row)), `${row.name ?? table}`).toEqual([]);
  });

  it('is not in the audit', () => {
    expect(audit.length).toBeGreaterThan(10_000);
    expect(audit).toContain('[e-mail]');
    expect(found(audit)).toEqual([]);
  });

  it('is in nothing that people and reviewers are shown or sent', () => {
    const sent = receivers.received.map(({ body }) => JSON.stringify(body));
    for (const [where, texts] of Object.entries({ ...shown, sent })) {
      expect(texts.join().length, where).toBeGreaterThan(1_000);
      expect(texts.join(), where).toContain('[e-mail]');
      expect(texts.flatMap(found), where).toEqual([]);
    }
  });

  it('is in no snapshot', () => {
    const files = globSync('s3/**/*', { cwd: dataDir, withFileTypes: true }).filter((file) => file.isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const { parentPath, name } of files)
      expect(found(readFileSync(join(parentPath, name), 'latin1')), join(parentPath, name)).toEqual([]);
  });
});
