// Graph edges by either kind of id, and what they say.
import { expect, it } from 'vitest';
import type { Task } from '../api.ts';
import { edgeLook, graphOf, shapeOf } from './task-graph.ts';

const task = (taskId: string, status: Task['status'], more: Partial<Task> = {}): Task => ({
  taskId,
  status,
  title: taskId,
  capability: 'noop',
  dependsOn: [],
  ...more,
});

it('understands task ids and ids of the plan, and drops strangers', () => {
  const tasks = [
    task('tsk_0', 'succeeded', { id: 'read' }),
    task('tsk_1', 'running', { dependsOn: ['read', 'tsk_0', 'ghost'] }),
  ];
  expect(graphOf(tasks)[1]).toEqual({ id: 'tsk_1', dependsOn: ['tsk_0', 'tsk_0'] });
});

it('keeps its shape while statuses change', () => {
  expect(shapeOf(graphOf([task('a', 'ready')]))).toBe(shapeOf(graphOf([task('a', 'succeeded')])));
});

it.each([
  ['running', 'pending', 'waiting'],
  ['succeeded', 'ready', 'released'],
  ['succeeded', 'running', 'live'],
  ['succeeded', 'succeeded', 'released'],
  ['dead_letter', 'pending', 'blocked'],
] as const)('%s -> %s is %s', (from, to, look) => expect(edgeLook(task('a', from), task('b', to))).toBe(look));
