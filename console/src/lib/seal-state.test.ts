// What the audit page says of a lane under the last signed root.
import { expect, it } from 'vitest';
import { isLate, sealState } from './seal-state.ts';

const root = [{ lane: 'agents', size: 10, root: 'r', head: 'h' }];

it.each([
  { entries: 10, readBefore: false, kind: 'sealed' },
  { entries: 13, readBefore: false, kind: 'newer' },
  { entries: 9, readBefore: false, kind: 'cut_off' },
  { entries: 9, readBefore: true, kind: 'sealed' },
])(
  'a lane of $entries under a root of 10 (count read before it: $readBefore) is $kind',
  ({ entries, readBefore, kind }) => expect(sealState({ lane: 'agents', entries }, root, readBefore).kind).toBe(kind),
);

it('counts all entries of a lane that the root does not know', () =>
  expect(sealState({ lane: 'access', entries: 4 }, root, false)).toEqual({ kind: 'newer', entries: 4 }));

it.each([
  { newer: 0, ageMs: 3_600_000, late: false },
  { newer: 5, ageMs: 180_000, late: false },
  { newer: 5, ageMs: 180_001, late: true },
])('with $newer newer entries and a root of $ageMs ms the next is late: $late', ({ newer, ageMs, late }) =>
  expect(isLate(new Date(0).toISOString(), newer, ageMs)).toBe(late),
);
