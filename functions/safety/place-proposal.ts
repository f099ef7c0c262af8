// Where a held effect's proposal goes: a decision of its own, a contest, a vote anew, or nowhere any more. Pure.
import { contestIdOf, type Decision, decisionIdOf, digestOfOptions, type Need, type Option } from './decision.ts';
import type { Effect } from './effect.ts';
import type { Panel } from './panel.ts';

export type HeldEffect = Omit<Effect, 'fence'>;

const plus = (at: string, milliseconds: number): string => new Date(Date.parse(at) + milliseconds).toISOString();
const MINUTE_MS = 60_000;
const OPTIONS_MAX = 20;
const EARLIER_MAX = 50;

/** The proposal as an option. Without needs there is nothing to decide: neither votes nor a person are asked for. */
export function optionOf(effect: HeldEffect): Option {
  const needs = effect.needs.filter((need): need is Need => need === 'votes' || need === 'person');
  const { effectId, digest, actor, scope, action, target, choice, confidence, impact, context, at } = effect;
  return {
    effectId,
    digest,
    needs,
    authors: [actor, ...(scope.agentId && scope.agentId !== actor ? [scope.agentId] : [])],
    actor,
    action,
    target,
    choice,
    confidence,
    spendCents: impact.spendCents,
    files: impact.files,
    priority: typeof context.priority === 'number' ? context.priority : 0,
    proposedAt: at,
  };
}

export type Placement =
  | { kind: 'open'; decision: Decision }
  /** the decision as it is to be, as long as it still is what was found */
  | { kind: 'change'; decision: Decision }
  /** it is in there as it is: whatever is left to do is done again */
  | { kind: 'known'; decision: Decision }
  | { kind: 'late'; reason: string };

export const idFor = ({ effectId, contest }: Pick<HeldEffect, 'effectId' | 'contest'>): string =>
  contest === undefined ? decisionIdOf(effectId) : contestIdOf(contest);

export function placeProposal(
  option: Option,
  contest: string | undefined,
  found: Decision | undefined,
  panel: Panel,
  at: string,
): Placement {
  if (!found) return { kind: 'open', decision: opened(option, contest, panel, at) };
  const before = found.options.find(({ effectId }) => effectId === option.effectId);
  if (before?.digest === option.digest) return { kind: 'known', decision: found };
  const others = found.options.filter(({ effectId }) => effectId !== option.effectId);
  const options = [...others, option];
  const change = (decision: Decision, of: Option[]): Placement => ({
    kind: 'change',
    decision: { ...decision, options: of, digest: digestOfOptions(of) },
  });
  if (found.status === 'gathering' && options.length <= OPTIONS_MAX) return change(found, options);
  if (!before) return { kind: 'late', reason: 'its competitors stand to be decided without it already' };
  if (found.status === 'open') return change(anew(found, panel, at), options);
  // The others were refused when this one was chosen: it stands alone now.
  if (found.status === 'approved' && found.chosen === option.effectId) return change(anew(found, panel, at), [option]);
  return { kind: 'late', reason: `what it was proposed as before is ${found.status}` };
}

function opened(option: Option, contest: string | undefined, panel: Panel, at: string): Decision {
  const base = { options: [option], digest: digestOfOptions([option]), votes: {}, voteCount: 0, openedAt: at };
  const seating = seatingFor(option.needs.includes('votes'), panel);
  const decisionId = idFor({ effectId: option.effectId, contest });
  if (contest === undefined) {
    return { decisionId, status: 'open', ...base, ...seating, closesAt: closingAt([option], panel, at) };
  }
  const gatheringUntil = plus(at, panel.gatherSeconds * 1_000);
  const closesAt = closingAt([option], panel, gatheringUntil);
  return { decisionId, status: 'gathering', contest, ...base, ...seating, gatheringUntil, closesAt };
}

/** The vote begins again, on what the proposals are now. */
function anew(found: Decision, panel: Panel, at: string): Decision {
  const { decisionId, contest, openedAt, seats, quorum, votes, earlier = [], digest, options } = found;
  const past = [...earlier, ...Object.values(votes)].slice(-EARLIER_MAX);
  const facts = { decisionId, contest, openedAt, seats, quorum, digest, options, earlier: past };
  return { ...facts, status: 'open', votes: {}, voteCount: 0, closesAt: closingAt(options, panel, at) };
}

/** No more proposals join: from now on there is voting, as long as there is a need. */
export function begun(decision: Decision, panel: Panel, at: string): Decision {
  const { gatheringUntil, ...rest } = decision;
  const votes = decision.options.some(({ needs }) => needs.includes('votes'));
  return { ...rest, ...seatingFor(votes, panel), status: 'open', closesAt: closingAt(decision.options, panel, at) };
}

function closingAt(options: readonly Option[], { voteMinutes, personMinutes }: Panel, at: string): string {
  const person = options.some(({ needs }) => needs.includes('person'));
  return plus(at, (person ? Math.max(personMinutes, voteMinutes) : voteMinutes) * MINUTE_MS);
}

/** Nobody is invited where only a person's word is asked for. */
const seatingFor = (votes: boolean, { seats, quorum }: Panel): Pick<Decision, 'seats' | 'quorum'> => ({
  quorum,
  seats: votes
    ? seats.map(({ voterId, lineage, rule }) => ({ voterId, lineage, ...(rule ? { builtIn: true } : {}) }))
    : [],
});
