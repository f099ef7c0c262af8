import { expect, it } from 'vitest';
import { Plan } from '../../functions/objectives/plan.ts';
import { dagPlan, tasksPerJob } from './dag-job.ts';

it('is 10 tasks in layers 1-3-3-2-1 with 20 edges, and a plan that the product accepts', () => {
  const plan = dagPlan();
  expect(plan.map(({ dependsOn }) => dependsOn.length)).toEqual([0, 1, 1, 1, 3, 3, 3, 3, 3, 2]);
  expect([plan.length, tasksPerJob]).toEqual([10, 10]);
  expect(Plan.safeParse(plan).success).toBe(true);
});
