// A stage as it is stored: its item, its history, and the directory that every gate reads. Pure.
import type { Changes, Condition, Item, Key, Value, Write } from '../common/table.ts';
import { NO_RECORD, type Stage, type StageRecord, type Step } from './stage.ts';

export const stageKey = (subject: string): Key => ({ pk: `stage#${subject}`, sk: 'stage' });
/** One small item with all subjects and their steps: a gate reads it at most every two seconds. */
export const DIRECTORY: Key = { pk: 'stages', sk: 'directory' };

/** What a cohort goes by. */
export type StageEntry = Pick<Stage, 'subject' | 'step' | 'candidate'>;
export type StageMove = { from: Step; to: Step; by: string; why: string; at: string; forced?: boolean };

export function asStage(item: Item): Stage {
  const { subject, step, candidate, money, since, by, why, version, looks } = item as unknown as Stage;
  const record = Object.fromEntries(Object.keys(NO_RECORD).map((name) => [name, Number(item[name] ?? 0)]));
  return { subject, step, candidate, money, since, by, why, version, looks, record: record as StageRecord };
}

export function entriesOf(directory: Item | undefined): StageEntry[] {
  const entries = (directory?.entries ?? {}) as Record<string, { step: Step; candidate?: string }>;
  return Object.entries(entries).map(([subject, entry]) => ({ subject, ...entry }));
}

const isAt = (version: number): Condition => ({ path: 'version', equals: version });

/** The writes that put a subject at a step, with an empty record: together, so that item and directory never differ. */
export function moveWrites(table: string, stage: Stage, move: StageMove): Write[] {
  const { subject, candidate, money, version, record } = stage;
  const { record: _, ...next } = { ...stage, step: move.to, since: move.at, by: move.by, why: move.why };
  const put = { ...stageKey(subject), ...next, ...NO_RECORD, version: version + 1, looks: 0 } as unknown as Item;
  const isFirst = version === 0;
  const history = { pk: `stage#${subject}`, sk: `history#${move.at}#${version + 1}`, ...move, money, record };
  return [
    { table, put, if: isFirst ? { missing: 'pk' } : isAt(version) },
    { table, put: { ...history, ...(candidate ? { candidate } : {}) } as unknown as Item },
    { table, update: DIRECTORY, changes: directoryChange({ subject, step: move.to, candidate }, move) },
  ];
}

function directoryChange({ subject, step, candidate }: StageEntry, { by, why }: StageMove): Changes {
  const entry: Value = { step, ...(candidate ? { candidate } : {}) };
  return {
    set: [
      [['entries', subject], entry],
      ['by', by],
      ['why', `${subject}: ${why}`.slice(0, 300)],
    ],
  };
}

/** Adds to the record of the step at which it happened. */
export function countWrite(table: string, subject: string, counts: Partial<StageRecord>, why: string): Write {
  const add = Object.entries(counts).filter(([, count]) => count !== 0);
  return {
    table,
    update: stageKey(subject),
    changes: { add, set: [['countedWhy', why.slice(0, 300)]] },
    if: { exists: 'subject' },
  };
}
