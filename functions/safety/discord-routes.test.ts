import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { serve } from '../common/http.ts';
import { readFlags } from './control-flags.ts';
import { type DiscordDeps, discordRoutes } from './discord-routes.ts';
import { aGate } from './gate.test-support.ts';
import { listKills } from './kill-items.ts';

const keys = generateKeyPairSync('ed25519');
const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
const NOW_SECONDS = Date.parse('2026-03-01T10:00:00Z') / 1_000;
const CAPTAIN = '80351110224678912';
const VIEWER = '80351110224678913';
const people: DiscordDeps['discord']['people'] = [
  { userId: CAPTAIN, name: 'Ada', roles: ['captain'] },
  { userId: VIEWER, name: 'Vic', roles: ['viewer'] },
];

type Sent = { body?: unknown; raw?: string; timestamp?: string; signature?: string; base64?: boolean };

async function anEndpoint(overrides: Partial<DiscordDeps> = {}) {
  const { control, tables } = await aGate();
  const never = () => new Promise<never>(() => {});
  const voting = { decisions: { read: async () => undefined }, effect: async () => undefined } as never;
  const deps = { ...control, discord: { publicKey, people }, voting, deadline: never, ...overrides };
  const answer = serve(discordRoutes(deps));
  const send = async ({ body, raw = JSON.stringify(body), timestamp = `${NOW_SECONDS}`, signature, base64 }: Sent) => {
    const signed = signature ?? sign(null, Buffer.from(timestamp + raw), keys.privateKey).toString('hex');
    const path = '/api/v1/discord/interactions';
    const event = {
      version: '2.0',
      rawPath: path,
      rawQueryString: '',
      headers: {
        host: 'x',
        'content-type': 'application/json',
        'x-signature-ed25519': signed,
        'x-signature-timestamp': timestamp,
      },
      requestContext: { domainName: 'x', http: { method: 'POST', path } },
      body: base64 ? Buffer.from(raw).toString('base64') : raw,
      isBase64Encoded: base64 ?? false,
    };
    const { statusCode, body: text } = (await answer(event, {})) as { statusCode: number; body: string };
    return {
      status: statusCode,
      body: JSON.parse(text) as { type?: number; code?: string; data?: { content: string; flags?: number } },
    };
  };
  const mode = async () => ((await readFlags(tables, 'safety')).killed ? 'killed' : 'active');
  const kills = async () => (await listKills({ limit: 10 }, { tables, table: 'safety' })).items;
  return { send, mode, kills };
}

const command = (name: string, options: Record<string, string> = {}, userId = CAPTAIN, id = '1') => ({
  id,
  type: 2,
  member: { user: { id: userId } },
  data: { name, options: Object.entries(options).map(([key, value]) => ({ name: key, value })) },
});

describe('a slash command', () => {
  it('answers Discord when it pings', async () => {
    const { send } = await anEndpoint();
    expect(await send({ body: { id: '1', type: 1 } })).toEqual({ status: 200, body: { type: 1 } });
  });

  it('/kill-autonomous stops everything before it answers, and tells whose kill it is', async () => {
    const { send, mode, kills } = await anEndpoint();
    const { status, body } = await send({ body: command('kill-autonomous', { reason: 'it wanders' }) });
    expect([status, body.type, await mode()]).toEqual([200, 4, 'killed']);
    expect(body.data?.content).toContain('STOPPED by Ada');
    expect(await kills()).toMatchObject([{ by: 'discord:Ada', reason: 'it wanders', scope: 'everything' }]);
  });

  it('comes with its body in base64 as well, and from a direct message', async () => {
    const { send, mode } = await anEndpoint();
    const { member, ...direct } = command('kill-autonomous');
    await send({ body: { ...direct, user: member.user }, base64: true });
    expect(await mode()).toBe('killed');
  });

  it('/captain-override says when there is no such decision', async () => {
    const { send } = await anEndpoint();
    const { body } = await send({ body: command('captain-override', { decision: 'dec_1' }) });
    expect(body.data?.content).toContain('no decision dec_1');
    expect(
      (await send({ body: command('captain-override', { decision: 'x' }, CAPTAIN, '2') })).body.data?.content,
    ).toContain('Which decision');
  });

  it.each([
    {
      when: 'its sender is on no list',
      body: command('kill-autonomous', {}, '99999999999999999'),
      says: 'not on the list',
    },
    { when: 'its sender only looks', body: command('kill-autonomous', {}, VIEWER), says: 'may not /kill-autonomous' },
    {
      when: 'an override is no captain’s',
      body: command('captain-override', { decision: 'dec_1' }, VIEWER),
      says: 'may not',
    },
    { when: 'nobody knows it', body: command('dance'), says: 'not known' },
    { when: 'it is no command', body: { id: '1', type: 3 }, says: 'Only slash commands' },
  ])('is refused, to its sender alone, when $when', async ({ body, says }) => {
    const { send, mode } = await anEndpoint();
    const answer = await send({ body });
    expect(answer).toMatchObject({ status: 200, body: { type: 4, data: { flags: 64 } } });
    expect(answer.body.data?.content).toContain(says);
    expect(await mode()).toBe('active');
  });

  it.each<{ when: string; sent: Sent; code: string; status: number }>([
    {
      when: 'its signature is of another body',
      sent: { body: command('kill-autonomous'), signature: 'ab'.repeat(64) },
      status: 401,
      code: 'signature_wrong',
    },
    {
      when: 'its signature is no signature',
      sent: { body: command('kill-autonomous'), signature: 'hello' },
      status: 401,
      code: 'signature_wrong',
    },
    {
      when: 'it has no signature',
      sent: { body: command('kill-autonomous'), signature: '' },
      status: 401,
      code: 'signature_wrong',
    },
    {
      when: 'it is six minutes old',
      sent: { body: command('kill-autonomous'), timestamp: `${NOW_SECONDS - 360}` },
      status: 401,
      code: 'timestamp_stale',
    },
    {
      when: 'it is from the future',
      sent: { body: command('kill-autonomous'), timestamp: `${NOW_SECONDS + 360}` },
      status: 401,
      code: 'timestamp_stale',
    },
    {
      when: 'its time is no time',
      sent: { body: command('kill-autonomous'), timestamp: 'now' },
      status: 401,
      code: 'timestamp_stale',
    },
    { when: 'its body is no JSON', sent: { raw: '{' }, status: 400, code: 'not_an_interaction' },
    { when: 'its body is no interaction', sent: { body: { hello: 'world' } }, status: 400, code: 'not_an_interaction' },
  ])('is refused when $when', async ({ sent, status, code }) => {
    const { send, mode } = await anEndpoint();
    expect(await send(sent)).toMatchObject({ status, body: { code } });
    expect(await mode()).toBe('active');
  });

  it('is carried out once: the same interaction again is refused', async () => {
    const { send, kills } = await anEndpoint();
    await send({ body: command('kill-autonomous') });
    expect(await send({ body: command('kill-autonomous') })).toMatchObject({
      status: 409,
      body: { code: 'interaction_replayed' },
    });
    expect(await kills()).toHaveLength(1);
  });

  it('is answered in time, and honestly, when the store is silent', async () => {
    const silent = { get: never, query: never, write: never } as never;
    const deadline = async (): Promise<never> => Promise.reject(new Error('late'));
    const { send } = await anEndpoint({ tables: silent, deadline });
    expect((await send({ body: command('kill-autonomous') })).body.data?.content).toContain('NOT CONFIRMED');
  });

  it('says so when nobody has set the endpoint up', async () => {
    const { send } = await anEndpoint({ discord: { publicKey: '', people } });
    expect(await send({ body: command('kill-autonomous') })).toMatchObject({
      status: 503,
      body: { code: 'discord_not_set_up' },
    });
  });
});

const never = () => new Promise<never>(() => {});
