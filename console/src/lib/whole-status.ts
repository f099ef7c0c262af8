// The status with every part in place: a room that does not answer leaves its part out.
import type { Status } from '../api.ts';

const NOTHING: Status = {
  mode: 'unknown',
  environment: { kind: 'embedded' },
  version: '',
  objectives: { queued: 0, planning: 0, running: 0, paused: 0, succeeded: 0, failed: 0, cancelled: 0 },
  tasks: { running: 0, waiting: 0, deadLetter: 0, doneLastHour: 0, p50Ms: null, p95Ms: null },
  agents: { healthy: 0, lost: 0, registered: 0 },
  audit: { lanes: [] },
  needsPerson: [],
  work: {},
  silent: [],
  me: { principalId: '', roles: [] },
};

/** Missing and null parts become empty ones; `silent` still says whose they are. */
export function wholeStatus(answer: Partial<{ [Part in keyof Status]: Status[Part] | null }>): Status {
  const given = Object.entries(answer).filter(([, part]) => part !== null && part !== undefined);
  return { ...NOTHING, ...Object.fromEntries(given) };
}
