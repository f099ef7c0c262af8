// Takes in what somebody asks the swarm to do: checked, stored, and then word on the bus that it is to be performed.
import type { Announce } from '../common/announce.ts';
import { type FieldProblem, problemsOf } from '../common/problem.ts';
import { type EffectBody, requestOf } from './effect-request.ts';
import type { EffectRequests } from './effect-requests.store.ts';
import { EffectRequested } from './events.ts';
import type { Performers } from './performer.ts';

export type RequestDeps = { requests: EffectRequests; performers: Performers; announce: Announce; now: () => Date };
export type Requested = { kind: 'requested'; effectId: string } | { kind: 'wrong'; problems: FieldProblem[] };

/** `intentKey` names the wish: asked again, it is the same effect. */
export async function requestEffect(
  { parameters, ...body }: EffectBody,
  asked: { by: string; intentKey: string },
  { requests, performers, announce, now }: RequestDeps,
): Promise<Requested> {
  const performer = performers[body.action];
  if (!performer) {
    const expected = `an action that can be performed: ${Object.keys(performers).join(', ')}`;
    return { kind: 'wrong', problems: [{ path: 'action', expected, got: body.action }] };
  }
  const parsed = performer.schema.safeParse(parameters);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues, parameters);
    return { kind: 'wrong', problems: problems.map((one) => ({ ...one, path: `parameters.${one.path}` })) };
  }
  const request = requestOf(body, parsed.data, performer, asked);
  await requests.add(request, now().toISOString());
  await announce(EffectRequested, { effectId: request.effectId });
  return { kind: 'requested', effectId: request.effectId };
}
