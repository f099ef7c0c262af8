// The calls of stages and anomalies, and their shapes.
import { call, id, type Page, query } from './api.ts';

export type Step = 'shadow' | 'canary_1' | 'canary_10' | 'canary_50' | 'live';
export type Check = { rule: string; needed: string; is: string; met: boolean };
export type Promotion =
  | { kind: 'promote'; to: Step; by: 'rules' | 'captain'; checks: Check[] }
  | { kind: 'not_yet'; to: Step; missing: string[]; checks: Check[] }
  | { kind: 'live' };
export type StageRecord = {
  decisions: number;
  compared: number;
  disagreed: number;
  critical: number;
  wouldSpendCents: number;
  wouldBeRefused: number;
  candidateSucceeded: number;
  candidateFailed: number;
  incumbentSucceeded: number;
  incumbentFailed: number;
};
export type Stage = {
  subject: string;
  step: Step;
  candidate?: string;
  money: boolean;
  since: string;
  by: string;
  why: string;
  record: StageRecord;
  daysAtThisStep: number;
  agreement: number | null;
  /** with 95 % confidence */
  disagreementAtMost: number | null;
  promotion: Promotion;
};
export type Move = { from: Step; to: Step; by: string; why: string; at: string; forced?: boolean };
export type StageReport = Stage & { history: Move[] };
export type Anomaly = {
  anomalyId: string;
  agentId: string;
  metric: string;
  expected: number;
  deviation: number;
  observed: number;
  sigmas: number;
  score: number;
  threshold: number;
  paused: boolean;
  reason: string;
  at: string;
};
/** A kill that holds; of an agent the scope is `agent:agt_…`. */
export type Pause = { scope: string; by: string; reason: string; at: string };
type Wanted = { subject: string; candidate?: string; money: boolean; reason: string };

export const stagePaths = {
  stages: () => '/stages',
  stage: (subject: string) => `/stages/${id(subject)}`,
  anomalies: (cursor?: string) => `/anomalies${query({ limit: 50, cursor })}`,
};

export const stagesApi = {
  stages: (signal?: AbortSignal) => call<{ items: Stage[] }>(stagePaths.stages(), { signal }),
  stage: (subject: string, signal?: AbortSignal) => call<StageReport>(stagePaths.stage(subject), { signal }),
  start: (body: Wanted) => call<StageReport>('/stages', { method: 'POST', body }),
  promote: (subject: string, reason: string, force: boolean) =>
    call<StageReport>(`${stagePaths.stage(subject)}/promote`, { method: 'POST', body: { reason, force } }),
  demote: (subject: string, reason: string) =>
    call<StageReport>(`${stagePaths.stage(subject)}/demote`, { method: 'POST', body: { reason } }),
  anomalies: (cursor?: string, signal?: AbortSignal) => call<Page<Anomaly>>(stagePaths.anomalies(cursor), { signal }),
  pauses: async (signal?: AbortSignal) => (await call<{ kills?: Pause[] }>('/control', { signal })).kills ?? [],
  resumeAgent: (agentId: string, reason: string) =>
    call<unknown>('/resume', { method: 'POST', body: { reason, scope: { agentId } } }),
};
