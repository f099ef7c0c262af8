// People are reached while functions die, answers are lost and receivers misbehave: nothing is sent twice where that would
// be two messages, nothing is begun after an answer, no notice is lost, and no secret of a channel is written down.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { openReceivers, type Received, type Receivers } from '../../functions/safety/receivers.test-support.ts';
import { type Runtime, startRuntime } from '../../local/main.ts';
import { type Answer, type Client, clientOf } from '../journeys/client.ts';

const CHAOS = 'lostResponse=5%,error500=3%,throttle=3%,conflict=3%,duplicateRecord=10%,killFunction=4%,slow=2%';
const SEEDS = (process.env.LAZYARK_CHAOS_SEEDS ?? '1').split(' ').map(Number);
/** The call, ten minutes after the first message, comes after thirteen seconds. */
const CLOCK_SPEED = 45;
const NOTICES = 8;
const ANSWERED = 4;
const PEOPLE = { captain: '+15550002222', deputy: '+15550003333' };
const CHANNELS = ['discord', 'pagerduty', 'slack', 'sms', 'voice'];

type Delivery = { channel: string; status: string; at: string };
type Notice = {
  noticeId: string;
  title: string;
  count: number;
  round: number;
  ladder: string;
  answeredAt?: string;
  deliveries: Delivery[];
};
type Phoned = { kind: 'text' | 'call'; to: string; body: string };

let receivers: Receivers;
beforeAll(async () => {
  await ensureAssembly({ quiet: true });
  receivers = await openReceivers();
});
afterAll(() => receivers.close());

describe.for(SEEDS)('seed %i', (seed) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'lazyark-notices-'));
  let runtime: Runtime | undefined;
  afterAll(async () => {
    await runtime?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('everybody is told once, and nobody after an answer', async () => {
    receivers.behave('/discord', { status: 500 }, { status: 404 }, 'drop', { status: 200, body: '{"id": "1"}' });
    receivers.behave('/pagerduty', { status: 503 }, 'drop', { status: 202 });
    const assembly = await ensureAssembly({ quiet: true });
    const chaos = `seed=${seed},${CHAOS}`;
    runtime = await startRuntime({ assembly, dataDir, port: 0, clockSpeed: CLOCK_SPEED, chaos });
    const token = await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '');
    const api = clientOf(() => ({ endpoint: runtime?.url ?? '', token }), 120_000);
    await insist(api, '/notices/channels', channels(seed), 'channels');
    const ids = await Promise.all(Array.from({ length: NOTICES }, (_, n) => say(api, n)));
    const [answered, others] = [ids.slice(0, ANSWERED), ids.slice(ANSWERED)];
    await Promise.all(answered.map((noticeId) => answer(api, noticeId)));
    for (const noticeId of others) await found(api, noticeId, 'every channel has had its turn', isThrough);
    const notices = await Promise.all(ids.map((noticeId) => found(api, noticeId, 'it is there', () => true)));
    onTestFailed(() => console.error(JSON.stringify(notices, null, 1)));
    await runtime.stop();
    for (const notice of notices) expectOnce(notice, messagesAbout(notice, dataDir));
    for (const { noticeId, deliveries } of notices.slice(ANSWERED)) {
      expect(deliveries.map(({ channel }) => channel).sort(), noticeId).toEqual(CHANNELS);
      expect(deliveries.filter(({ status }) => status === 'sending')).toEqual([]);
    }
    for (const { noticeId, answeredAt = '', deliveries } of notices.slice(0, ANSWERED))
      expect(
        deliveries.filter(({ at }) => at > answeredAt),
        `${noticeId}, begun after its answer`,
      ).toEqual([]);
    expect(phoned(dataDir).filter(({ kind }) => kind === 'call').length, 'calls').toBeGreaterThan(0);
    expect(writtenDown(dataDir)).not.toMatch(/Canary/);
  });
});

/** Each has its end on record, at the latest when the ladder was concluded. */
const isThrough = ({ ladder, deliveries }: Notice): boolean =>
  ladder === 'exhausted' ||
  CHANNELS.every((name) => deliveries.some(({ channel, status }) => channel === name && status !== 'sending'));

/** Addresses and keys that would be seen wherever they were written down. */
function channels(seed: number): object {
  const canary = (name: string) => `Canary${seed}${name}${'x7Kq'.repeat(6)}`.slice(0, 32).padEnd(32, '0');
  return {
    ownReceivers: true,
    discord: { webhookUrl: `${receivers.url}/discord/1/${canary('Discord')}` },
    slack: { webhookUrl: `${receivers.url}/slack/T/B/${canary('Slack')}` },
    pagerduty: { routingKey: canary('Routing'), url: `${receivers.url}/pagerduty/${canary('Pager')}` },
    sms: { from: '+15550001111' },
    voice: { from: '+15550001111' },
    people: PEOPLE,
  };
}

/** As a client does: the same request under the same key until it is taken. */
async function insist(api: Client, path: string, body: object, key: string): Promise<Record<string, string>> {
  const headers = { 'idempotency-key': key };
  const ask = () => api.call('POST', `/api/v1${path}`, { body, headers });
  return JSON.parse((await api.until(`${path} is taken`, ask, ({ status }) => status < 300)).text);
}

async function say(api: Client, n: number): Promise<string> {
  const body = { title: `Notice ${n}.`, body: 'A fault test.', severity: 'critical' };
  return (await insist(api, '/notices', body, `say-${n}`)).noticeId as string;
}

async function answer(api: Client, noticeId: string): Promise<void> {
  await found(api, noticeId, 'something was sent', ({ deliveries }) => deliveries.length > 0);
  await insist(api, `/notices/${noticeId}/acknowledge`, {}, `acknowledge-${noticeId}`);
}

async function found(api: Client, noticeId: string, what: string, holds: (notice: Notice) => boolean): Promise<Notice> {
  const look = () => api.call('GET', `/api/v1/notices/${noticeId}`);
  const noticeIn = ({ text }: Answer) => JSON.parse(text) as Notice;
  const last = await api.until(`${noticeId}: ${what}`, look, (seen) => seen.status === 200 && holds(noticeIn(seen)));
  return noticeIn(last);
}

const phoned = (dataDir: string): Phoned[] =>
  readFileSync(join(dataDir, 'messages.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));

/** What reached somebody about a notice, by channel. A call has no room for its id, and says its title. */
function messagesAbout({ noticeId, title }: Notice, dataDir: string) {
  const posted = receivers.received.filter(({ body }) => JSON.stringify(body).includes(noticeId));
  const to = (channel: string) => posted.filter(({ path }) => path.startsWith(`/${channel}`));
  const byPhone = phoned(dataDir).filter(({ body }) => body.includes(noticeId) || body.includes(title));
  const people = (kind: Phoned['kind']) => byPhone.filter((one) => one.kind === kind).map((one) => one.to);
  const isAlert = ({ body }: Received) => String(body.event_action) === 'trigger';
  const alerts = new Set(
    to('pagerduty')
      .filter(isAlert)
      .map(({ body }) => String(body.dedup_key)),
  );
  return {
    discord: to('discord'),
    slack: to('slack'),
    pagerduty: [...alerts],
    sms: people('text'),
    voice: people('call'),
  };
}

/** At most one message by each channel, one for each person by phone, and none that is not on record. */
function expectOnce({ noticeId, count, round, deliveries }: Notice, sent: ReturnType<typeof messagesAbout>): void {
  expect({ count, round }, `${noticeId} happened once`).toEqual({ count: 1, round: 1 });
  expect(sent.discord.length, `${noticeId} at Discord`).toBeLessThanOrEqual(1);
  expect(sent.slack.length, `${noticeId} at Slack`).toBeLessThanOrEqual(1);
  expect(sent.pagerduty.length, `${noticeId}: alerts at PagerDuty`).toBeLessThanOrEqual(1);
  expect(sent.sms, `${noticeId}: text messages`).toEqual([...new Set(sent.sms)]);
  expect(sent.voice, `${noticeId}: calls`).toEqual([...new Set(sent.voice)]);
  const onRecord = deliveries.filter(({ status }) => status !== 'skipped').map(({ channel }) => channel);
  const reached = Object.entries(sent).filter(([, messages]) => messages.length > 0);
  expect(onRecord, `${noticeId}: what is on record`).toEqual(
    expect.arrayContaining(reached.map(([channel]) => channel)),
  );
}

/** All logs, and every row of the store but those of the secrets themselves. */
function writtenDown(dataDir: string): string {
  const logs = readdirSync(join(dataDir, 'logs')).map((name) => readFileSync(join(dataDir, 'logs', name), 'utf8'));
  const db = new DatabaseSync(join(dataDir, 'store.sqlite'), { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
  const plain = (_: string, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
    return typeof value === 'bigint' ? String(value) : value;
  };
  const rows = tables
    .filter(({ name }) => !name.startsWith('rt_secrets_'))
    .map(({ name }) => JSON.stringify(db.prepare(`SELECT * FROM "${name}"`).all(), plain));
  db.close();
  expect(tables.length).toBeGreaterThan(10);
  return [...logs, ...rows].join('\n');
}
