// Turns stream records and timer messages into dispatches. One bad record never holds up the others: it is put on the timer.

import type { DynamoDBRecord, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { logger } from '../common/lambda.ts';
import type { Item } from '../common/table.ts';
import { unmarshalItem } from '../common/table-marshal.ts';
import { dispatchPage, isStopped } from './dispatch-tasks.ts';
import { knows } from './objective-reads.ts';
import { persist } from './persist.ts';
import type { CausesOf, DispatchDeps } from './place-task.ts';
import { releaseDependents } from './release-dependents.ts';
import { Reminder } from './reminder.ts';
import type { SettleDeps } from './settle-task.ts';
import { asStatePage, isStatePage, pageNumberOf, readyTasks, type StatePage } from './state-page.ts';
import { mayUnblock, unblockedBetween, wakeWaiting } from './wake-waiting.ts';

type Deps = DispatchDeps &
  Pick<SettleDeps, 'remindIn'> & {
    startPlanning(objectiveId: string, cause: string): Promise<void>;
  };
type PageChange = { eventId: string; before?: StatePage; after: StatePage };

const RETRY_SECONDS = 2;
const RETRIES_MAX = 4;

/** The records of one batch: pages are dispatched by their newest image, each task caused by those that show it ready. */
export async function dispatchChanges(records: readonly DynamoDBRecord[], deps: Deps): Promise<void> {
  const byItem = Map.groupBy(records, ({ dynamodb }) => `${dynamodb?.Keys?.pk?.S}/${dynamodb?.Keys?.sk?.S}`);
  const nowMs = deps.now().getTime();
  await Promise.all([...byItem.values()].map((group) => insist(changesOfPage(group, nowMs), deps)));
  for (const record of records) await wake(record, deps);
}

/**
 * The changes of one page, or none when there is nothing to do. Most records only say that one of several tasks has
 * ended; reading every image of those would be most of the work of this function.
 */
function changesOfPage(group: readonly DynamoDBRecord[], nowMs: number): PageChange[] {
  const last = imageOf(group.at(-1), 'NewImage');
  if (!last || !isStatePage(last)) return [];
  const page = asStatePage(last);
  const isQuiet = page.status === 'running' && page.pages === 1 && readyTasks(page, nowMs).length === 0;
  return isQuiet && group.length === 1 ? [] : group.flatMap(pageChangeIn);
}

/** A page that fails is tried again by a timer message, so the stream goes on. */
async function insist(group: readonly PageChange[], deps: Deps): Promise<void> {
  const last = group.at(-1);
  if (!last) return;
  const causes = causesIn(group, deps.now().getTime());
  const causesOf: CausesOf = (number) => causes.get(number) ?? [last.eventId];
  try {
    if (last.after.status === 'queued') return await planJoined(group, deps);
    for (const { before, after } of group) await persist(() => releaseDependents(before, after, deps));
    await persist(() => dispatchPage(last.after, causesOf, deps));
  } catch (error) {
    logger.warn('dispatch failed, tried again by timer', { page: last.after.pk, error: error as Error });
    const { pk: objectiveId } = last.after;
    const reminder = { objectiveId, page: pageNumberOf(last.after), causes: Object.fromEntries(causes) };
    await deps.remindIn(RETRY_SECONDS * 1_000, reminder);
  }
}

/** What joins the queue while a kill holds is planned by the sweep that follows its end. */
async function planUnlessStopped(objectiveId: string, cause: string, deps: Deps): Promise<void> {
  if (!(await isStopped(objectiveId, deps))) await deps.startPlanning(objectiveId, cause);
}

/** The change by which it joined the queue; another place in it changes nothing. */
async function planJoined(group: readonly PageChange[], deps: Deps): Promise<void> {
  const joined = group.findLast(({ before, after }) => after.status === 'queued' && before?.status !== 'queued');
  if (joined) await planUnlessStopped(joined.after.pk, joined.eventId, deps);
}

function causesIn(group: readonly PageChange[], nowMs: number): Map<number, [string, ...string[]]> {
  const causes = new Map<number, [string, ...string[]]>();
  for (const { eventId, after } of group) {
    for (const number of readyTasks(after, nowMs)) {
      const known = causes.get(number);
      if (known) known.push(eventId);
      else causes.set(number, [eventId]);
    }
  }
  return causes;
}

async function wake(record: DynamoDBRecord, deps: Deps): Promise<void> {
  if (!mayUnblock({ pk: record.dynamodb?.Keys?.pk?.S ?? '', sk: '' })) return;
  const [before, after] = [imageOf(record, 'OldImage'), imageOf(record, 'NewImage')];
  try {
    const unblocked = unblockedBetween(before, after, await deps.reads.roster(holdsAgentOf(record)));
    if (unblocked.length > 0) await persist(() => wakeWaiting(unblocked, record.eventID ?? '', deps));
  } catch (error) {
    logger.warn('waking failed; the sweep finds what still waits', { error: error as Error });
  }
}

/** The roster has to know the agent whose places the record is about. */
const holdsAgentOf = ({ dynamodb }: DynamoDBRecord) => {
  const [, agentId] = /^resource#agent:(.+)$/.exec(dynamodb?.Keys?.pk?.S ?? '') ?? [];
  return agentId === undefined ? undefined : knows(agentId);
};

function pageChangeIn(record: DynamoDBRecord): PageChange[] {
  const after = imageOf(record, 'NewImage');
  if (!after || !record.eventID || !isStatePage(after)) return [];
  const before = imageOf(record, 'OldImage');
  return [{ eventId: record.eventID, after: asStatePage(after), before: before && asStatePage(before) }];
}

function imageOf(record: DynamoDBRecord | undefined, image: 'NewImage' | 'OldImage'): Item | undefined {
  const found = record?.dynamodb?.[image];
  return found ? unmarshalItem(found as never) : undefined;
}

/** Timer messages: a retry is due, or a page failed before. What fails again is put on the timer again, some times. */
export async function dispatchReminders(event: SQSEvent, deps: Deps): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of event.Records) {
    try {
      await remindedOf(Reminder.parse(JSON.parse(body)), messageId, deps);
    } catch (error) {
      logger.warn('reminder failed', { messageId, error: error as Error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

/** The queue itself would wait longer than a lease lasts; it is left to it when nothing else has helped. */
async function remindedOf(reminder: Reminder, messageId: string, deps: Deps): Promise<void> {
  const { cause = messageId, tries = 0 } = reminder;
  try {
    await persist(() => lookAgain(reminder, cause, deps));
  } catch (error) {
    if (tries >= RETRIES_MAX) throw error;
    logger.warn('reminder failed, tried again by timer', { page: reminder.objectiveId, error: error as Error });
    await deps.remindIn(RETRY_SECONDS * 1_000 * 2 ** tries, { ...reminder, cause, tries: tries + 1 });
  }
}

/** All that a change of the page leads to, by the page as it is now; `cause` is that of starts without one of their own. */
export async function lookAgain(
  { objectiveId, page, causes = {} }: Reminder,
  cause: string,
  deps: Deps,
): Promise<void> {
  const found = await deps.reads.page(objectiveId, page);
  if (found?.status === 'queued') return planUnlessStopped(objectiveId, cause, deps);
  if (found?.status !== 'running') return;
  await releaseDependents(undefined, found, deps);
  await dispatchPage(
    found,
    (number) => [causes[number]?.[0] ?? cause, ...(causes[number]?.slice(1) ?? []), cause],
    deps,
  );
}
