// Marks attempts as succeeded and releases what waits for them: those of one page that end at the same moment together.
import type { Item, Tables, Write } from '../common/table.ts';
import type { TaskDefinition } from './plan-page.ts';
import { asStatePage, isHeldBy, pageKey, pageOf, type StatePage, waitsForOf } from './state-page.ts';

export type Ended = { objectiveId: string; number: number; definition: TaskDefinition; agentId: string; fence: string };
/** `page` after the mark is given to one of those that were marked together; of a refusal it is what was found instead. */
export type Marked = { marked: boolean; page: StatePage | undefined };
export type MarkSucceeded = (ended: Ended, movedAtMs: number) => Promise<Marked>;

type Waiting = { ended: Ended; movedAtMs: number; done: (marked: Marked) => void; broke: (error: unknown) => void };

/** Tasks of a layer tend to end together: one update for all of them is one change to store, to stream and to audit. */
export function markSucceededIn(tables: Tables, table: string): MarkSucceeded {
  let waiting: Waiting[] = [];
  const flush = () => {
    const byPage = Map.groupBy(waiting, ({ ended }) => `${ended.objectiveId}/${pageOf(ended.number)}`);
    waiting = [];
    for (const group of byPage.values()) void markInTurn(group, tables, table);
  };
  return (ended, movedAtMs) =>
    new Promise((done, broke) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ ended, movedAtMs, done, broke });
    });
}

/** An attempt that was called twice answers twice, at times at the same moment: the second finds the mark of the first. */
async function markInTurn(group: readonly Waiting[], tables: Tables, table: string): Promise<void> {
  const firsts = new Map(group.toReversed().map((one) => [one.ended.number, one]));
  const again = group.filter((one) => firsts.get(one.ended.number) !== one);
  await markGroup([...firsts.values()], tables, table);
  if (again.length > 0) await markInTurn(again, tables, table);
}

/** When one of several is refused, each is tried alone, so that the others still count. */
async function markGroup(group: readonly Waiting[], tables: Tables, table: string): Promise<void> {
  try {
    const outcome = await tables.write([markOf(group, table)]);
    if (!outcome.written && group.length > 1) {
      for (const one of group) await markGroup([one], tables, table);
      return;
    }
    const page = pageIn(outcome.written ? outcome.items[0] : outcome.refused[0]?.found);
    for (const [index, { done }] of group.entries()) {
      done({ marked: outcome.written, page: index === 0 ? page : undefined });
    }
  } catch (error) {
    for (const { broke } of group) broke(error);
  }
}

const pageIn = (item: Item | undefined): StatePage | undefined => item && asStatePage(item);

function markOf(group: readonly Waiting[], table: string): Write {
  const attempts = group.map(({ ended }) => ended);
  const { objectiveId, number } = attempts[0] as Ended;
  const page = pageOf(number);
  const links = attempts.flatMap((one) =>
    one.definition.dependents.filter((task) => pageOf(task) === page).map((task) => ({ task, done: `${one.number}` })),
  );
  const byTask = Map.groupBy(links, ({ task }) => task);
  return {
    table,
    update: pageKey(objectiveId, page),
    changes: {
      set: [
        ...attempts.map(
          ({ number: task, agentId, fence }) =>
            [['tasks', `${task}`], { status: 'succeeded', agentId, fence }] as const,
        ),
        ['movedAtMs', Math.max(...group.map(({ movedAtMs }) => movedAtMs))],
        ['by', [...new Set(attempts.map(({ agentId }) => agentId))].join(', ')],
        ['why', `${attempts.map(({ definition }) => definition.id).join(', ')} succeeded`],
      ],
      removeFromSet: [...byTask].map(([task, from]) => [waitsForOf(task), from.map(({ done }) => done)] as const),
    },
    if: { all: attempts.map(({ number: task, fence }) => isHeldBy(task, fence)) },
  };
}
