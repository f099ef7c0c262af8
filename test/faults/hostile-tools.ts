// The doors for tool calls: the gate itself, what agents ask for by HTTP, and requests that the swarm performs. The
// performers are the shipped ones on a bucket and a network that only write down; each act goes to the watch.
import type { S3Client } from '@aws-sdk/client-s3';
import { safeFetchWith } from '../../functions/common/safe-fetch.client.ts';
import { callApiBy } from '../../functions/safety/call-api.client.ts';
import { changeSettingIn } from '../../functions/safety/change-setting.store.ts';
import { effectRequestsIn } from '../../functions/safety/effect-requests.store.ts';
import { readEffect } from '../../functions/safety/effects.ts';
import type { Proposal, Verdict } from '../../functions/safety/gate.ts';
import { performEffect } from '../../functions/safety/perform-effect.ts';
import type { Performer } from '../../functions/safety/performer.ts';
import { requestRoutes } from '../../functions/safety/request-routes.ts';
import { writeObjectIn } from '../../functions/safety/write-object.client.ts';
import { baitAndSwitch, proposalBy, requestBy } from './hostile-calls.ts';
import type { Asked } from './hostile-oracle.ts';
import type { Attacked, Held } from './hostile-swarm.ts';
import { forgedId, jsonOf } from './hostile-words.ts';
import type { Chance } from './random.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9][A-Za-z0-9_-]*)*$/;

function aBucket(): S3Client {
  const objects = new Map<string, string>();
  const send = async ({ input }: { input: { Key: string; Body?: string } }) => {
    if (input.Body !== undefined) return void objects.set(input.Key, input.Body);
    const found = objects.get(input.Key);
    if (found === undefined) throw Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
    return { Body: { transformToString: async () => found } };
  };
  return { send } as unknown as S3Client;
}

export type Doors = ReturnType<typeof doorsOf>;

export function doorsOf(swarm: Attacked) {
  const { tables, watch, now } = swarm;
  const begun = new Set<string>();
  const requests = effectRequestsIn(tables, 'safety');
  const watched = (performer: Performer): Performer => ({
    ...performer,
    perform: async (parameters, effectId, plan) => {
      const effect = (await tables.get('safety', { pk: effectId, sk: 'effect' })) as never as Asked & {
        status: string;
      };
      if (begun.has(effectId)) watch.find('performed twice', effect);
      begun.add(effectId);
      if (effect.status !== 'executing' || effect.action !== performer.action)
        watch.find('performed uncleared', effect);
      if (performer.action !== 'api.call' && !NAME.test(parameters.name))
        watch.find('outside of its names', parameters);
      const requested = (await requests.get(effectId))?.proposal as Asked;
      watch.effect(effectId, effect, swarm.isAgreed(effectId, requested), now().getTime());
      return performer.perform(parameters, effectId, plan);
    },
  });
  const dial = (): never => {
    watch.find('a connection to a host that nobody listed', {});
    throw new Error('no network');
  };
  const all = [
    changeSettingIn(tables, 'safety', now),
    writeObjectIn('bucket', aBucket()),
    callApiBy(safeFetchWith({ resolve: async () => ['93.184.216.34'], dial }), []),
  ];
  const performers = Object.fromEntries(all.map((one) => [one.action, watched(one)]));
  let keys = 0;
  const deps = {
    ...{ performers, requests, now, newKey: () => `k${++keys}`, announce: async () => {}, drills: {} as never },
    ...{
      effect: (id: string) => readEffect(id, { tables, table: 'safety' }),
      setting: async () => ({ current: null, history: [] }),
    },
  };
  const door = {
    requests: requestRoutes(deps),
    perform: (effectId: string) => performEffect(effectId, { gate: swarm.gate, requests, performers, now }),
  };
  return door;
}

/** One tool call through one of the doors; answers what became of it. */
export async function attackWithCall(swarm: Attacked, doors: Doors, n: number, chance: Chance): Promise<string> {
  const door = chance.below(10);
  if (door < 8) return proposeToGate(swarm, proposalBy(chance, n) as Proposal, chance);
  if (door < 9) return proposeAsAgent(swarm, n, chance);
  return requestAct(swarm, doors, chance);
}

async function proposeToGate(swarm: Attacked, proposal: Proposal, chance: Chance): Promise<string> {
  const verdict = await ask(swarm, proposal);
  if (typeof verdict === 'string') return verdict;
  if (verdict.kind === 'cleared' && chance.happens(0.1)) await ask(swarm, baitAndSwitch(proposal, chance));
  if (verdict.kind === 'held' && chance.happens(0.1)) {
    await swarm.agree({ effectId: verdict.effectId, proposal });
    await ask(swarm, baitAndSwitch(proposal, chance));
  }
  return verdict.kind;
}

/** What is incomplete is thrown back by its name; anything else that is thrown is a failure of ours. */
async function ask(swarm: Attacked, proposal: Proposal): Promise<Verdict | 'incomplete'> {
  const { gate, watch } = swarm;
  try {
    const [verdict] = await gate.propose([proposal]);
    if (!verdict) throw new Error('no verdict');
    const asked = proposal as Asked;
    const { effectId, kind } = verdict;
    if (kind === 'cleared') watch.effect(effectId, asked, swarm.isAgreed(effectId, asked), swarm.now().getTime());
    return verdict;
  } catch (error) {
    const { name, issues } = error as Error & { issues?: unknown[] };
    if (name !== 'ZodError' || !issues?.length) watch.find('the gate broke', { error: String(error), proposal });
    return 'incomplete';
  }
}

async function proposeAsAgent(swarm: Attacked, n: number, chance: Chance): Promise<string> {
  const proposal = proposalBy(chance, n);
  if (chance.happens(0.1)) proposal.intentKey = forgedId(chance);
  const isDry = chance.happens(0.2);
  const path = `/api/v1/effects/${isDry ? 'dry-run' : 'propose'}`;
  const text = jsonOf(isDry ? { proposals: [proposal, proposal] } : proposal);
  const answer = await swarm.send(swarm.agentApp, path, text, ['agt_evil', 'agent']);
  const { kind = 'incomplete' } = JSON.parse(answer.text) as { kind?: string };
  if (kind === 'cleared') swarm.watch.find('an agent cleared itself', { proposal, answer });
  return isDry ? 'dry run' : kind;
}

async function requestAct(swarm: Attacked, { requests, perform }: Doors, chance: Chance): Promise<string> {
  const who: [string, 'agent'] = ['agt_evil', 'agent'];
  if (chance.happens(0.05)) {
    const answer = await swarm.send(
      requests,
      `/api/v1/effects/${encodeURIComponent(forgedId(chance))}/reverse`,
      '{"reason":"x"}',
      who,
    );
    if (answer.status !== 403) swarm.watch.find('an agent may undo', answer);
    return 'not allowed';
  }
  const answer = await swarm.send(requests, '/api/v1/effects', jsonOf(requestBy(chance)), who);
  if (answer.status !== 202) return 'incomplete';
  const { effectId } = JSON.parse(answer.text) as { effectId: string };
  const delivered = await Promise.all([perform(effectId), ...(chance.happens(0.1) ? [perform(effectId)] : [])]);
  const held: Held | undefined = swarm.held.splice(0).find((one) => one.effectId === effectId);
  if (held && chance.happens(0.2) && (await swarm.agree(held))) await perform(effectId);
  return delivered[0]?.kind ?? 'none';
}
