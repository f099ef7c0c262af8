// What the bench and the runtime's process tell each other.
import type { Counts } from './count-operations.ts';

export type FromSwarm =
  | { kind: 'ready'; url: string; token: string }
  | { kind: 'ended'; objectiveId: string; status: string }
  | { kind: 'counts'; counts: Counts };
export type ToSwarm = { kind: 'count' } | { kind: 'tell' } | { kind: 'stop' };
