// A stage as tests want it: a step, what is on record, and the rest as it is for most.
import { NO_RECORD, type Stage, type StageRecord, type Step } from './stage.ts';

export const SINCE = '2026-03-01T00:00:00.000Z';

export const aStage = (step: Step, record: Partial<StageRecord> = {}, more: Partial<Stage> = {}): Stage => ({
  ...{ subject: 'feedback.nps', step, candidate: 'agt_new', money: false, since: SINCE, by: 'test', why: 'test' },
  ...{ version: 1, looks: 0, record: { ...NO_RECORD, ...record } },
  ...more,
});
