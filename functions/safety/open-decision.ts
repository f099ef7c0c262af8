// Puts a held effect before those who decide on it. The same news twice opens one decision and finishes what was left.
import { TableBusy } from '../common/table.ts';
import type { Decision } from './decision.ts';
import { type DecisionDeps, latest } from './decision-work.ts';
import { idFor, optionOf, placeProposal } from './place-proposal.ts';
import { attendTo, invite, weighDecision } from './weigh-decision.ts';

const TRIES_MAX = 10;

export type Opening =
  | { kind: 'not_held' | 'nothing_to_decide' | 'late' }
  | { kind: 'decision'; decisionId: string; status: string };

export async function openDecision(effectId: string, deps: DecisionDeps): Promise<Opening> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const opening = await tryToOpen(effectId, deps);
    if (opening) return opening;
  }
  throw new TableBusy(`too many at once want to decide on ${effectId}`);
}

/** Nothing when another was faster: what is stored has to be read again. */
async function tryToOpen(effectId: string, deps: DecisionDeps): Promise<Opening | undefined> {
  const effect = await deps.effect(effectId);
  if (effect?.status !== 'held') return { kind: 'not_held' };
  const option = optionOf(effect);
  if (option.needs.length === 0) return { kind: 'nothing_to_decide' };
  const found = await deps.decisions.read(idFor(effect));
  const placement = placeProposal(option, effect.contest, found, deps.panel, deps.now().toISOString());
  if (placement.kind === 'late') {
    await deps.refuse({ effectId, by: 'panel', reason: placement.reason });
    return { kind: 'late' };
  }
  if (placement.kind === 'known') return openingOf(await attendTo(placement.decision, deps));
  const { decision } = placement;
  const stored = found
    ? await deps.decisions.change(decision, found, option.actor, 'the proposal changed')
    : await deps.decisions.open(decision, option.actor, `asks for ${option.needs.join(' and ')}`);
  if (!stored) return undefined;
  if (decision.status === 'open') await invite(decision, deps);
  return openingOf(await weighDecision(await latest(decision, deps), deps));
}

const openingOf = ({ decisionId, status }: Decision): Opening => ({ kind: 'decision', decisionId, status });
