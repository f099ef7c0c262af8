// The before/after view of an audit entry.
import { expect, it } from 'vitest';
import { diffValues } from './diff.ts';

it('names what was added, changed and removed, and leaves the rest out', () => {
  const before = { status: 'ready', version: 3, waits: ['a', 'b'], agentId: null, lease: { until: 5 } };
  const after = { status: 'running', version: 4, waits: ['a'], agentId: null, fence: 'x' };
  expect(diffValues(before, after)).toEqual([
    { path: 'status', kind: 'changed', before: 'ready', after: 'running' },
    { path: 'version', kind: 'changed', before: 3, after: 4 },
    { path: 'fence', kind: 'added', after: 'x' },
    { path: 'waits[1]', kind: 'removed', before: 'b' },
    { path: 'lease.until', kind: 'removed', before: 5 },
  ]);
});

it.each([
  { when: 'inserted', before: undefined, after: { a: 1 }, then: [{ path: 'a', kind: 'added', after: 1 }] },
  { when: 'removed', before: { a: { b: [] } }, after: null, then: [{ path: 'a.b', kind: 'removed', before: [] }] },
  { when: 'unchanged', before: { a: [{}] }, after: { a: [{}] }, then: [] },
])('$when', ({ before, after, then }) => expect(diffValues(before, after)).toEqual(then));
