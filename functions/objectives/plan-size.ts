// How large a plan may be: it is stored in pages of 25 tasks, and all of them at once. Pure.
import type { FieldProblem } from '../common/problem.ts';
import { ITEM_BYTES_MAX, itemBytes } from '../common/table-limits.ts';
import type { Plan } from './plan.ts';
import { definitionsOf, planPages } from './plan-page.ts';
import { TASKS_PER_PAGE } from './state-page.ts';

/** A transaction takes 4 MB; the rest is for the objective and the state of its tasks. */
const PLAN_BYTES_MAX = 3 * 1024 * 1024;
/** What is stored is larger than its JSON by less than this. */
const GROWTH_MAX = 4;

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;

/** The pages that are too large to be stored, or the whole; nothing for most plans. */
export function oversized(plan: Plan): FieldProblem[] {
  if (JSON.stringify(plan).length * GROWTH_MAX <= ITEM_BYTES_MAX) return [];
  const defaults = { timeoutSeconds: 86_400, maxAttempts: 10 };
  const sizes = planPages(
    '',
    definitionsOf(plan, () => defaults),
  ).map((page) => itemBytes(page));
  const pages = sizes.flatMap((bytes, page): FieldProblem[] => {
    const [first, last] = [page * TASKS_PER_PAGE, Math.min(plan.length, (page + 1) * TASKS_PER_PAGE) - 1];
    const expected = `tasks ${first} to ${last} to have less than ${kilobytes(ITEM_BYTES_MAX)} together`;
    return bytes + 1_000 > ITEM_BYTES_MAX ? [{ path: `plan[${first}]`, expected, got: kilobytes(bytes) }] : [];
  });
  const bytes = sizes.reduce((sum, one) => sum + one, 0);
  if (pages.length > 0 || bytes <= PLAN_BYTES_MAX) return pages;
  return [{ path: 'plan', expected: `at most ${kilobytes(PLAN_BYTES_MAX)} in all`, got: kilobytes(bytes) }];
}
