// People are reached while functions die, answers are lost and receivers misbehave: nothing is sent twice where that would
// be two messages, nothing is sent after an answer, no notice is lost, and no secret of a channel is written down anywhere.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { openReceivers, type Receivers } from '../../functions/safety/receivers.test-support.ts';
import { type Runtime, startRuntime } from '../../local/main.ts';
import { type Client, clientOf } from '../journeys/client.ts';

const CHAOS = 'lostResponse=3%,error500=3%,throttle=3%,conflict=3%,duplicateRecord=10%,killFunction=5%,slow=2%';
const SEEDS = (process.env.LAZYARK_CHAOS_SEEDS ?? '1').split(' ').map(Number);
/** A ladder of twenty minutes passes in forty seconds. */
const CLOCK_SPEED = 30;
const NOTICES = 8;
const PEOPLE = { captain: '+15550002222', deputy: '+15550003333' };

type Delivery = { channel: string; status: string };
type Notice = { noticeId: string; status: string; ladder: string; deliveries: Delivery[] };

let receivers: Receivers;
beforeAll(async () => {
  await ensureAssembly({ quiet: true });
  receivers = await openReceivers();
});
afterAll(() => receivers.close());

describe.for(SEEDS)('seed %i', (seed) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'lazyark-notices-'));
  const canary = (name: string) => `Canary${seed}${name}${'x7Kq'.repeat(6)}`.slice(0, 32).padEnd(32, '0');
  const secrets = {
    ownReceivers: true,
    discord: { webhookUrl: '' },
    slack: { webhookUrl: '' },
    pagerduty: { routingKey: canary('Routing'), url: '' },
    sms: { from: '+15550001111' },
    voice: { from: '+15550001111' },
    people: PEOPLE,
  };
  let runtime: Runtime | undefined;
  afterAll(async () => {
    await runtime?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('everybody is told once and nobody after an answer', async () => {
    secrets.discord.webhookUrl = `${receivers.url}/discord/1/${canary('Discord')}`;
    secrets.slack.webhookUrl = `${receivers.url}/slack/T/B/${canary('Slack')}`;
    secrets.pagerduty.url = `${receivers.url}/pagerduty/${canary('Pager')}`;
    receivers.behave('/discord', { status: 500 }, { status: 404 }, 'drop', { status: 200, body: '{"id": "1"}' });
    receivers.behave('/pagerduty', { status: 503 }, 'drop', { status: 202 });
    runtime = await startRuntime({
      assembly: await ensureAssembly({ quiet: true }),
      dataDir,
      port: 0,
      clockSpeed: CLOCK_SPEED,
      chaos: `seed=${seed},${CHAOS}`,
    });
    const token = await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '');
    const api = clientOf(() => ({ endpoint: runtime?.url ?? '', token }), 120_000);
    await insist(api, '/notices/channels', secrets, 'channels');
    const ids = await Promise.all(Array.from({ length: NOTICES }, (_, n) => say(api, n)));
    const answered = ids.slice(0, NOTICES / 2);
    for (const noticeId of answered) {
      await found(api, noticeId, 'something was sent', ({ deliveries }) => deliveries.length > 0);
      await insist(api, `/notices/${noticeId}/acknowledge`, {}, `acknowledge-${noticeId}`);
    }
    for (const noticeId of ids.slice(NOTICES / 2)) {
      const over = await found(api, noticeId, 'its ladder is over', ({ ladder }) => ladder === 'exhausted');
      expect(over.deliveries.map(({ channel }) => channel).sort()).toEqual([
        'discord',
        'pagerduty',
        'slack',
        'sms',
        'voice',
      ]);
      expect(over.deliveries.filter(({ status }) => status === 'sending')).toEqual([]);
    }
    await runtime.stop();
    for (const noticeId of ids) expectOnce(noticeId, dataDir);
    const calls = phoned(dataDir).filter(({ kind }) => kind === 'call');
    const calledAbout = (n: number) => calls.filter(({ body }) => body.includes(`Notice ${n}.`)).length;
    expect(ids.map((_, n) => calledAbout(n)).slice(0, answered.length), 'calls after an answer').toEqual(
      answered.map(() => 0),
    );
    expect(calls.length, 'calls about the others').toBeGreaterThan(0);
    expect(writtenDown(dataDir)).not.toMatch(/Canary/);
  });
});

/** As a client does: the same request under the same key until it is taken. */
async function insist(api: Client, path: string, body: object, key: string): Promise<Record<string, string>> {
  const headers = { 'idempotency-key': key };
  const ask = () => api.call('POST', `/api/v1${path}`, { body, headers });
  return JSON.parse((await api.until(`${path} is taken`, ask, ({ status }) => status < 300)).text);
}
const say = async (api: Client, n: number): Promise<string> =>
  (await insist(api, '/notices', { title: `Notice ${n}`, body: 'A fault test.', severity: 'critical' }, `say-${n}`))
    .noticeId as string;

async function found(api: Client, noticeId: string, what: string, holds: (notice: Notice) => boolean): Promise<Notice> {
  const ask = async () => {
    const { status, text } = await api.call('GET', `/api/v1/notices/${noticeId}`);
    return status === 200 ? (JSON.parse(text) as Notice) : undefined;
  };
  return (await api.until(`${noticeId}: ${what}`, ask, (notice) => notice !== undefined && holds(notice))) as Notice;
}

type Phoned = { kind: 'text' | 'call'; to: string; body: string };
const phoned = (dataDir: string): Phoned[] =>
  readFileSync(join(dataDir, 'messages.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));

function expectOnce(noticeId: string, dataDir: string): void {
  const about = receivers.received.filter(({ body }) => JSON.stringify(body).includes(noticeId));
  const by = (channel: string) => about.filter(({ path }) => path.startsWith(`/${channel}`));
  expect(by('discord').length, 'messages to Discord').toBeLessThanOrEqual(1);
  expect(by('slack').length, 'messages to Slack').toBeLessThanOrEqual(1);
  const triggers = by('pagerduty').filter(({ body }) => body.event_action === ('trigger' as never));
  expect(new Set(triggers.map(({ body }) => body.dedup_key)).size, 'alerts at PagerDuty').toBeLessThanOrEqual(1);
  for (const to of Object.values(PEOPLE)) {
    const texts = phoned(dataDir).filter((one) => one.kind === 'text' && one.to === to && one.body.includes(noticeId));
    expect(texts.length, `text messages to ${to}`).toBeLessThanOrEqual(1);
  }
}

/** All logs, and every row of the store but those of the secrets themselves. */
function writtenDown(dataDir: string): string {
  const logs = readdirSync(join(dataDir, 'logs')).map((name) => readFileSync(join(dataDir, 'logs', name), 'utf8'));
  const db = new DatabaseSync(join(dataDir, 'store.sqlite'), { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
  const rows = tables
    .filter(({ name }) => !name.startsWith('rt_secrets_'))
    .map(({ name }) =>
      JSON.stringify(db.prepare(`SELECT * FROM "${name}"`).all(), (_key, value) =>
        value instanceof Uint8Array
          ? Buffer.from(value).toString('latin1')
          : typeof value === 'bigint'
            ? String(value)
            : value,
      ),
    );
  db.close();
  expect(tables.length).toBeGreaterThan(10);
  return [...logs, ...rows].join('\n');
}
