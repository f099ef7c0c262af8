// Does what was requested, once it is cleared: plans the way back, acts once, settles, and looks up what nobody knows.
import type { EffectRequests, StoredRequest } from './effect-requests.store.ts';
import type { Gate, Verdict } from './gate.ts';
import type { Done, Performer, Performers } from './performer.ts';

export type PerformDeps = {
  gate: Pick<Gate, 'propose' | 'settle'>;
  requests: EffectRequests;
  performers: Performers;
  now: () => Date;
};
export type Performed =
  | Exclude<Verdict, { kind: 'cleared' }>
  | { kind: 'confirmed' | 'failed' | 'unknown'; effectId: string; reason: string }
  /** somebody else does it at this moment, or did and died: the look-up tells */
  | { kind: 'under_way'; effectId: string }
  | { kind: 'not_requested'; effectId: string };

const STATUS = { happened: 'confirmed', did_not_happen: 'failed', unknown: 'unknown' } as const;

/** Proposes the effect, and when the gate clears it, does it. Coming again changes nothing: an act begins once. */
export async function performEffect(effectId: string, deps: PerformDeps): Promise<Performed> {
  const request = await deps.requests.get(effectId);
  if (!request) return { kind: 'not_requested', effectId };
  const performer = performerOf(request, deps);
  const [verdict] = await deps.gate.propose([request.proposal]);
  if (verdict?.kind !== 'cleared') return verdict as Exclude<Verdict, { kind: 'cleared' }>;
  if (request.begunAt) return { kind: 'under_way', effectId };
  const plan = await performer.plan(request.parameters, effectId);
  if (typeof plan === 'string') return end(request, { kind: 'did_not_happen', detail: plan }, deps);
  if (!(await deps.requests.begin(request, plan, deps.now().toISOString()))) return { kind: 'under_way', effectId };
  return end(request, await performer.perform(request.parameters, effectId, plan), deps);
}

/** An effect that is open for too long: finds out what became of it, and settles that. It is never done again. */
export async function lookUpEffect(effectId: string, deps: PerformDeps): Promise<Performed> {
  const request = await deps.requests.get(effectId);
  if (!request) return { kind: 'not_requested', effectId };
  if (!request.plan) return end(request, { kind: 'did_not_happen', detail: 'it never began' }, deps);
  return end(request, await performerOf(request, deps).lookUp(request.parameters, effectId, request.plan), deps);
}

async function end(request: StoredRequest, done: Done, deps: PerformDeps): Promise<Performed> {
  const { effectId, proposal, reverses } = request;
  const reason = done.detail.slice(0, 500);
  const status = STATUS[done.kind];
  // The mark comes first: should the settling be lost, the look-up finds it done and comes here again.
  if (status === 'confirmed' && reverses) {
    await deps.requests.markReversed(reverses, proposal.actor, proposal.rationale);
  }
  await deps.gate.settle({ effectId, fence: proposal.fence, status, reason });
  return { kind: status, effectId, reason };
}

function performerOf({ proposal }: StoredRequest, { performers }: PerformDeps): Performer {
  const performer = performers[proposal.action];
  if (performer) return performer;
  throw new Error(`Nobody here performs ${proposal.action}: ${Object.keys(performers).join(', ')}`);
}
