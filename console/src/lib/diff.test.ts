// The before/after view of an audit entry.
import { expect, it } from 'vitest';
import { diffLines } from './diff.ts';

it.each([
  {
    when: 'changed',
    change: { path: 'tasks.3.status', before: 'ready', after: 'running' },
    then: { path: 'tasks.3.status', kind: 'changed', before: 'ready', after: 'running' },
  },
  { when: 'added', change: { path: 'waits', after: ['a'] }, then: { path: 'waits', kind: 'added', after: '["a"]' } },
  { when: 'removed', change: { path: 'n', before: 0 }, then: { path: 'n', kind: 'removed', before: '0' } },
  {
    when: 'set to null',
    change: { path: 'n', before: 0, after: null },
    then: { path: 'n', kind: 'changed', before: '0', after: 'null' },
  },
  {
    when: 'too long to keep',
    change: { path: 'result', after: { sha256: 'abc', bytes: 20_000 } },
    then: { path: 'result', kind: 'added', after: '20,000 bytes, SHA-256 abc' },
  },
])('$when', ({ change, then }) => expect(diffLines([change])).toEqual([then]));
