// Who acts on an operation while its subject is under a stage: the candidate for its share, the incumbent, or nobody. Pure.
import { createHash } from 'node:crypto';
import { SHARE, type Stage } from './stage.ts';

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
export const isInCohort = ({ subject, step }: Pick<Stage, 'subject' | 'step'>, operation: string): boolean =>
  slotOf(subject, operation) < SHARE[step];

/** The stage that counts for a proposal: its capability's before its action's. */
export function stageFor({ action, scope }: Staged, stages: ReadonlyMap<string, Stage>): Stage | undefined {
  return (scope?.capability === undefined ? undefined : stages.get(scope.capability)) ?? stages.get(action);
}

/** What the gate does with a proposal whose subject is (or is not) under a stage. */
export function cohortOf(proposal: Staged, stage: Stage | undefined): Cohort {
  if (!stage) return { kind: 'act', arm: 'unstaged', reason: 'not_staged' };
  const { subject, step, candidate } = stage;
  if (candidate !== undefined && proposal.scope?.agentId !== candidate)
    return { kind: 'act', arm: 'incumbent', reason: `incumbent_of ${subject}` };
  if (isInCohort(stage, operationOf(proposal))) return { kind: 'act', arm: 'candidate', reason: `${step} ${subject}` };
  return { kind: 'shadow', reason: `${step} ${subject}` };
}

/**
 * Who of those who offer a capability may be given an operation's task: the candidate inside its cohort, the others
 * outside. When the one side has nobody at all, the other stays: a candidate alone is shadowed by the gate, and an
 * operation is not left undone because the candidate has gone.
 */
export function staffFor<Agent extends { agentId: string }>(
  agents: readonly Agent[],
  stage: Stage | undefined,
  operation: string,
): readonly Agent[] {
  if (stage?.candidate === undefined) return agents;
  const wantsCandidate = isInCohort(stage, operation);
  const fitting = agents.filter(({ agentId }) => (agentId === stage.candidate) === wantsCandidate);
  return fitting.length > 0 ? fitting : agents;
}
