// Graph edges by either kind of id, and what they say.
import { expect, it } from 'vitest';
import type { Task } from '../api.ts';
import { edgeLook, graphOf, shapeOf, taskTimes } from './task-graph.ts';

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

const failedOnce = {
  name: 'E',
  message: 'm',
  attempts: [{ attempt: 1, error: { name: 'E', message: 'm' }, startedAt: '1', failedAt: '2' }],
};

it.each([
  { when: 'running', more: { startedAt: '3' }, status: 'running', then: { from: '3', to: null } },
  { when: 'done', more: { startedAt: '3', finishedAt: '4' }, status: 'succeeded', then: { from: '3', to: '4' } },
  { when: 'given up', more: { error: failedOnce }, status: 'dead_letter', then: { from: '1', to: '2' } },
  { when: 'ended by a person', more: { startedAt: '3' }, status: 'cancelled', then: { from: '3', to: '3' } },
  { when: 'waiting', more: {}, status: 'pending', then: { from: null, to: null } },
] as const)('the times of a task that is $when', ({ more, status, then }) => {
  expect(taskTimes(task('a', status, more as Partial<Task>))).toEqual(then);
});
