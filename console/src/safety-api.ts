// The calls of the room of safety and their shapes: kills, decisions, limits and notices.
import { call, id, type Mode, type Page, query } from './api.ts';
import type { KillScope } from './lib/kill-scope.ts';

export type Holding = { scope: string; killId: string; by: string; reason: string; at: string };
export type Control = {
  mode: Mode;
  killed: boolean;
  reason?: string | null;
  by?: string | null;
  at?: string | null;
  /** the kills that hold now; a scope may be everything */
  kills?: Holding[];
};
export type Fates = { inFlight: number; finished: number; stopped: number; unknown: number; open: number };
export type Kill = Holding & {
  status: 'containing' | 'contained' | 'lifted';
  round?: number;
  effects: Fates;
  containedAt?: string;
  certificate?: { sequence: number; issuedAt: string };
  resumedAt?: string;
  resumedBy?: string;
  resumeReason?: string;
};
export type Point = {
  point: string;
  room: string;
  title: string;
  state: 'waiting' | 'confirmed';
  at: string | null;
  /** since the kill */
  afterMs: number | null;
  counts: Record<string, number>;
  detail: string | null;
};
export type KillView = Kill & { points: Point[] };
export type InFlight = {
  effectId: string;
  action: string;
  target: string;
  status: string;
  fate: string;
  reason: string;
  settledAt: string | null;
};
export type Certificate = { certificate: { killId: string; sequence: number; issuedAt: string }; effects: InFlight[] };

export type DecisionRow = {
  decisionId: string;
  status: string;
  actor?: string;
  action: string;
  target?: string;
  choice?: string;
  confidence?: number;
  spendCents?: number;
  files?: number;
  proposals: number;
  needs: string[];
  votes: { for: number; against: number; abstained: number; seats: number };
  openedAt: string;
  closesAt?: string;
  decidedAt?: string;
  decidedBy?: string;
  reason?: string;
};
export type Amounts = Record<string, number | 'unknown'>;
export type Proposed = {
  effectId: string;
  needs: string[];
  actor?: string;
  scope?: Record<string, string>;
  action?: string;
  target?: string;
  context?: Record<string, unknown>;
  options?: string[];
  choice?: string;
  rationale?: string;
  confidence?: number;
  expectedImpact?: Amounts;
  reversible?: string;
  undo?: string;
  carriedOut?: string;
  outcome?: { status: string; reason?: string; outcome?: string; impact?: Amounts; settledAt?: string };
};
export type Ballot = {
  voterId: string;
  lineage: string;
  person: boolean;
  captain?: boolean;
  accepts: string[];
  abstains: boolean;
  reason: string;
  at: string;
};
export type Decision = DecisionRow & {
  digest: string;
  contest?: string;
  chosen?: string;
  /** of each proposal in a contest */
  points?: Record<string, number>;
  proposed: Proposed[];
  quorum?: { approvals: number; lineages: number };
  ballots: Ballot[];
  earlierBallots?: Ballot[];
  carriedOutAt?: string;
  mayStillAct: {
    gatheringUntil?: string;
    until?: string;
    voters: string[];
    person: boolean;
    captainsVeto: boolean;
    you: { mayVote: boolean; because?: string };
  };
};
export type Vote = { choice?: 'approve' | 'reject' | 'abstain'; ranking?: string[]; reason: string; digest: string };
export type DecisionFilter = { status: string; waitingFor: string; actor: string; action: string };

export type Noted = { by: string; effectId: string; at: string; amount?: number };
export type Limit = {
  name: string;
  subject: string;
  unit: string;
  per: string;
  most: number;
  window: string;
  seconds: number;
  reserved: number;
  used: number;
  left: number;
  refused: number;
  lastTaken: Noted | null;
  lastRefused: Noted | null;
  renewsAt: string | null;
};

export type Notice = {
  noticeId: string;
  kind: string;
  severity: string;
  title: string;
  body: string;
  status: string;
  ladder: string;
  subject?: Record<string, string>;
  needsAckBy: string;
  raisedAt: string;
  count: number;
  rank: string[];
  deliveries: { channel: string; status: string; reason: string; at: string }[];
};
type NoticePage = Page<Notice> & { open: Record<string, number> };

const pageRows = 50;

export const safetyPaths = {
  control: () => '/control',
  kills: (cursor?: string) => `/kills${query({ limit: pageRows, cursor })}`,
  kill: (killId: string) => `/kills/${id(killId)}`,
  certificate: (killId: string) => `/kills/${id(killId)}/certificate`,
  decisions: (filter: Partial<DecisionFilter>, cursor?: string) =>
    `/decisions${query({ ...filter, limit: pageRows, cursor })}`,
  decision: (decisionId: string) => `/decisions/${id(decisionId)}`,
  limits: (cursor?: string) => `/limits${query({ limit: 200, cursor })}`,
  notices: (limit = pageRows) => `/notices${query({ limit })}`,
};

export const safetyApi = {
  control: (signal?: AbortSignal) => call<Control>(safetyPaths.control(), { signal }),
  stop: (scope: KillScope, reason: string) =>
    call<Control & { killId: string }>('/kill', { method: 'POST', body: { reason, scope } }),
  resume: (scope: KillScope, reason: string) => call<unknown>('/resume', { method: 'POST', body: { reason, scope } }),
  kills: (cursor?: string, signal?: AbortSignal) => call<Page<Kill>>(safetyPaths.kills(cursor), { signal }),
  kill: (killId: string, signal?: AbortSignal) => call<KillView>(safetyPaths.kill(killId), { signal }),
  certificate: (killId: string, signal?: AbortSignal) => call<Certificate>(safetyPaths.certificate(killId), { signal }),
  decisions: (filter: Partial<DecisionFilter>, cursor?: string, signal?: AbortSignal) =>
    call<Page<DecisionRow>>(safetyPaths.decisions(filter, cursor), { signal }),
  decision: (decisionId: string, signal?: AbortSignal) => call<Decision>(safetyPaths.decision(decisionId), { signal }),
  vote: (decisionId: string, vote: Vote) =>
    call<Decision>(`/decisions/${id(decisionId)}/vote`, { method: 'POST', body: vote }),
  veto: (decisionId: string, reason: string) =>
    call<{ effects: Record<string, string> }>(`/decisions/${id(decisionId)}/veto`, {
      method: 'POST',
      body: { reason },
    }),
  limits: (cursor?: string, signal?: AbortSignal) => call<Page<Limit>>(safetyPaths.limits(cursor), { signal }),
  notices: (signal?: AbortSignal) => call<NoticePage>(safetyPaths.notices(), { signal }),
  acknowledge: (noticeId: string) =>
    call<unknown>(`/notices/${id(noticeId)}/acknowledge`, { method: 'POST', body: {} }),
};
