// Dead letters wait for people: from ten on people are told, and again each time there are twice as many.
import type { Announce } from '../common/announce.ts';
import type { Tables } from '../common/table.ts';
import { NoticeWanted } from '../safety/events.ts';
import { DEAD_LETTERS } from './objective-items.ts';

const TOLD_FROM = 10;
const COUNTED_MAX = 1_000;

/** The threshold that so many have passed: 10, 20, 40 …; nothing below the first. */
export function thresholdPassed(count: number): number | undefined {
  if (count < TOLD_FROM) return undefined;
  return TOLD_FROM * 2 ** Math.floor(Math.log2(count / TOLD_FROM));
}

type Deps = { tables: Tables; table: string; announce: Announce; now: () => Date };

/** Announced at each look; the same threshold on the same day is one happening, which safety counts once. */
export async function tellDeadLetters({ tables, table, announce, now }: Deps): Promise<number | undefined> {
  const { items } = await tables.query({ table, index: 'waiting', pk: DEAD_LETTERS, limit: COUNTED_MAX });
  const passed = thresholdPassed(items.length);
  if (passed === undefined) return undefined;
  await announce(NoticeWanted, {
    key: 'dead-letters',
    kind: 'dead_letters',
    severity: 'warning',
    title: `${passed} tasks and more have no attempt left`,
    body: 'Their objectives failed and wait for people: lazyark task list --status dead_letter, then lazyark task redrive.',
    occurrence: `${passed}#${now().toISOString().slice(0, 10)}`,
  });
  return passed;
}
