// Runs tests of a file once as it is, and then once for each mutant with that mutant live: only the tests that come by it.
// Not a test of its own: run.ts starts it.
import { appendFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it, type RunnerTask, vi } from 'vitest';
import type { Job } from './run.ts';

const AS_IT_IS = -1;

const { ids, tests, answers } = inject('job' as never) as Job;
/** what each test comes by; `''` is what happens while modules load */
const reached = new Map<string, Set<number>>([['', new Set()]]);
let live = AS_IT_IS;
let during = '';
let calls = 0;
const callsAsItIs = new Map<string, number>();

// A mutant that makes a loop endless calls this for ever.
const isLive = (id: number): boolean => {
  calls += 1;
  if (live === AS_IT_IS) reached.get(during)?.add(id);
  else if (calls > 20_000 + 10 * (callsAsItIs.get(during) ?? 0)) throw new Error('does not end');
  return id === live;
};
Object.assign(globalThis, { __mutant: isLive });

const tell = (answer: object) => appendFileSync(answers, `${JSON.stringify(answer)}\n`);
const nameOf = (task: { name: string; suite?: { name: string; suite?: unknown } }): string =>
  task.suite ? `${nameOf(task.suite as never)} > ${task.name}` : task.name;
const failedIn = (task: RunnerTask): RunnerTask | undefined =>
  task.result?.state === 'fail' && !('tasks' in task && task.tasks.some(failedIn))
    ? task
    : 'tasks' in task
      ? task.tasks.map(failedIn).find((one) => one !== undefined)
      : undefined;

for (const id of [AS_IT_IS, ...ids]) {
  describe(`mutant ${id}`, async () => {
    let failed: string | undefined;
    const ownName = (task: object) => nameOf(task as never).replace(/^.*?mutant -?\d+/, '');
    beforeEach(({ task, skip }) => {
      const name = ownName(task);
      [live, during, calls] = [id, name, 0];
      if (id === AS_IT_IS) reached.set(name, reached.get(name) ?? new Set());
      else if (failed || !(reached.get('')?.has(id) || reached.get(name)?.has(id))) skip();
    });
    afterEach(({ task }) => {
      if (id === AS_IT_IS) callsAsItIs.set(during, Math.max(calls, callsAsItIs.get(during) ?? 0));
      if (task.result?.state === 'fail') failed ??= task.name;
    });
    // biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here
    afterAll(({}, suite) => {
      const by = failed ?? failedIn(suite as never)?.name;
      const isReached = [...reached.values()].some((all) => all.has(id));
      if (id === AS_IT_IS) tell({ id, failed: by });
      else tell({ id, state: by ? 'killed' : isReached ? 'survived' : 'not reached', by });
    });
    [live, during, calls] = [id, '', 0];
    vi.resetModules();
    try {
      for (const path of tests) await import(/* @vite-ignore */ path);
    } catch (error) {
      it('loads', () => expect.fail(String(error)));
    }
    live = AS_IT_IS;
    during = 'between';
  });
}
