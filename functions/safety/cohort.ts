// Who acts on an operation while its subject is under a stage: the candidate for its share, the incumbent, or nobody. Pure.
import { createHash } from 'node:crypto';
import { SHARE, type Stage } from './stage.ts';

/** What a cohort goes by. */
type Entry = Pick<Stage, 'subject' | 'step' | 'candidate'>;

/** What a proposal has to say for a cohort to be found. */
export type Staged = {
  intentKey: string;
  action: string;
  scope?: { agentId?: string; objectiveId?: string; capability?: string };
};

export type Cohort =
  /** `unstaged`: nothing is counted */
  { kind: 'act'; arm: 'candidate' | 'incumbent' | 'unstaged'; reason: string } | { kind: 'shadow'; reason: string };

const SLOTS = 10_000;

/**
 * What stays together: all of an objective's tasks, else one intent. So one operation is never done half by the candidate
 * and half by the incumbent, and a second attempt goes to the same side as the first.
 */
export const operationOf = ({ scope, intentKey }: Staged): string =>
  scope?.objectiveId ?? intentKey.replace(/~shadow$/, '').replace(/^(tsk_[^#]+)#\d+$/, '$1');

/** 0 … 9,999: where an operation lies, the same for ever. Each subject deals the slots anew. */
export function slotOf(subject: string, operation: string): number {
  const framed = `${Buffer.byteLength(subject)}:${subject}${operation}`;
  return Math.floor((createHash('sha256').update(framed).digest().readUInt32BE(0) / 2 ** 32) * SLOTS);
}

/** Whether the operation is in the step's cohort. The cohort of a step lies within the cohort of every later one. */
export const isInCohort = ({ subject, step }: Omit<Entry, 'candidate'>, operation: string): boolean =>
  slotOf(subject, operation) < SHARE[step];

/** The stage that counts for a proposal: its capability's before its action's. */
export function stageFor<One>(
  { action, scope }: Omit<Staged, 'intentKey'>,
  stages: ReadonlyMap<string, One>,
): One | undefined {
  return (scope?.capability === undefined ? undefined : stages.get(scope.capability)) ?? stages.get(action);
}

/** What the gate does with a proposal whose subject is (or is not) under a stage. */
export function cohortOf(proposal: Staged, stage: Entry | undefined): Cohort {
  if (!stage) return { kind: 'act', arm: 'unstaged', reason: 'not_staged' };
  const { subject, step, candidate } = stage;
  if (candidate !== undefined && proposal.scope?.agentId !== candidate)
    return { kind: 'act', arm: 'incumbent', reason: `incumbent_of ${subject}` };
  if (isInCohort(stage, operationOf(proposal))) return { kind: 'act', arm: 'candidate', reason: `${step} ${subject}` };
  return { kind: 'shadow', reason: `${step} ${subject}` };
}

/**
 * Who of those who offer a capability may be given an operation's task: the candidate inside its cohort, the others
 * outside. An operation is not left undone because the candidate is not well; and where there is nobody but the candidate,
 * it is proposed, and the gate records it.
 */
export function staffFor<Agent extends { agentId: string; status?: 'ready' | 'lost' }>(
  agents: readonly Agent[],
  stage: Entry | undefined,
  operation: string,
): readonly Agent[] {
  if (stage?.candidate === undefined) return agents;
  const candidates = agents.filter(({ agentId }) => agentId === stage.candidate);
  const incumbents = agents.filter(({ agentId }) => agentId !== stage.candidate);
  if (incumbents.length === 0) return candidates;
  const isFit = candidates.some(({ status }) => status !== 'lost');
  return isFit && isInCohort(stage, operation) ? candidates : incumbents;
}
