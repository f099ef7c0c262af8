// Releases dependents on other pages of a task graph: within one page the update that ends a task does it by itself.
import type { Tables } from '../common/table.ts';
import type { Reads } from './objective-reads.ts';
import { newlySucceeded, pageKey, pageNumberOf, pageOf, type StatePage, waitsForOf } from './state-page.ts';

export type ReleaseDeps = { tables: Tables; table: string; reads: Pick<Reads, 'definition'> };

/**
 * For a page of several that changed from `before` to `after`. Taking an element out of a set twice, or in another order,
 * ends the same, so records may come again.
 */
export async function releaseDependents(
  before: StatePage | undefined,
  after: StatePage,
  deps: ReleaseDeps,
): Promise<void> {
  if (after.pages < 2) return;
  const succeeded = newlySucceeded(before, after);
  const definitions = await Promise.all(succeeded.map((number) => deps.reads.definition(after.pk, number)));
  const releases = definitions.flatMap(({ number, dependents }) =>
    dependents
      .filter((dependent) => pageOf(dependent) !== pageNumberOf(after))
      .map((dependent) => ({ number, dependent })),
  );
  const byPage = Map.groupBy(releases, ({ dependent }) => pageOf(dependent));
  await Promise.all(
    [...byPage].map(([page, group]) => {
      const byDependent = Map.groupBy(group, ({ dependent }) => dependent);
      const removeFromSet = [...byDependent].map(
        ([dependent, links]) => [waitsForOf(dependent), links.map(({ number }) => `${number}`)] as const,
      );
      const why = `released by ${group.map(({ number }) => number).join(', ')}`;
      return deps.tables.write([
        {
          table: deps.table,
          update: pageKey(after.pk, page),
          changes: {
            removeFromSet,
            set: [
              ['by', 'objectives/dispatch-tasks'],
              ['why', why],
            ],
          },
          if: { exists: 'pk' },
        },
      ]);
    }),
  );
}
