// Carries a ruling to the effects it is about. May be repeated at any time: an effect that has its answer keeps it.
import type { Decision, Option } from './decision.ts';
import type { DecisionDeps } from './decision-work.ts';
import { DecisionMade, ReversalAsked } from './events.ts';

type Ruled = Decision & { decidedBy: string; reason: string };

/** Only what was ruled on comes here: it has who, and why. */
export async function carryOutDecision(decision: Decision, deps: DecisionDeps): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  // The losers first: at no moment are two that exclude each other both alive.
  const chosenLast = decision.options.toSorted((a, b) => Number(isChosen(a, decision)) - Number(isChosen(b, decision)));
  for (const option of chosenLast) results[option.effectId] = await carryTo(option, decision as Ruled, deps);
  const { decisionId, status, chosen, decidedBy, reason } = decision as Ruled;
  const effectIds = decision.options.map(({ effectId }) => effectId);
  const at = deps.now().toISOString();
  await deps.announce(DecisionMade, { decisionId, status, chosen, effectIds, by: decidedBy, reason, at });
  await deps.decisions.carriedOut(decision, results, at);
  return results;
}

const isChosen = ({ effectId }: Option, { status, chosen }: Decision): boolean =>
  status === 'approved' && effectId === chosen;

async function carryTo(option: Option, decision: Ruled, deps: DecisionDeps): Promise<string> {
  const said = { effectId: option.effectId, by: decision.decidedBy, reason: decision.reason };
  if (decision.status === 'vetoed') return veto(said, deps);
  if (isChosen(option, decision)) return satisfy(option, said, deps);
  const reason = decision.status === 'approved' ? `${decision.chosen} was chosen instead` : said.reason;
  return deps.refuse({ ...said, reason });
}

type Said = { effectId: string; by: string; reason: string };

async function satisfy({ needs, digest }: Option, said: Said, deps: DecisionDeps): Promise<string> {
  let result = 'not_held';
  for (const need of needs) result = await deps.satisfy({ ...said, need, digest });
  return result;
}

/** What is done already can only be reversed, which is an effect of its own: the bus is told that it is asked for. */
async function veto(said: Said, deps: DecisionDeps): Promise<string> {
  const answer = await deps.veto(said);
  if (answer.kind === 'to_reverse') await deps.announce(ReversalAsked, { ...said, at: deps.now().toISOString() });
  return answer.kind;
}
