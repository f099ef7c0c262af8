// The contract, part 1: which conditions hold for which item, and what a refusal says.
import { describe, expect, it } from 'vitest';
import { given, type Subject } from './table.contract.ts';
import { type Condition, InvalidTableCall } from './table.ts';

const ITEM = {
  status: 'ready',
  version: 7,
  done: false,
  nothing: null,
  waits: new Set(['a', 'b']),
  list: ['x', 'y'],
  emoji: '\u{1F600}',
  'odd.name #1': 'dotted',
  tasks: { 'the 1.st': { 'size()': 3, ':v0': 'colon' } },
};

const CASES: [string, Condition, boolean][] = [
  ['exists', { exists: 'status' }, true],
  ['exists, missing attribute', { exists: 'nowhere' }, false],
  ['exists, null attribute', { exists: 'nothing' }, true],
  ['exists, nested', { exists: ['tasks', 'the 1.st'] }, true],
  ['exists, below a string', { exists: ['status', 'x'] }, false],
  ['exists, inherited name', { exists: 'constructor' }, false],
  ['missing', { missing: 'nowhere' }, true],
  ['missing, there', { missing: 'status' }, false],
  ['missing, nested without parent', { missing: ['nowhere', 'x'] }, true],
  ['equals string', { path: 'status', equals: 'ready' }, true],
  ['equals other string', { path: 'status', equals: 'done' }, false],
  ['equals number', { path: 'version', equals: 7 }, true],
  ['equals number as text', { path: 'version', equals: '7' }, false],
  ['equals boolean', { path: 'done', equals: false }, true],
  ['equals null', { path: 'nothing', equals: null }, true],
  ['equals null, missing attribute', { path: 'nowhere', equals: null }, false],
  ['equals, a name with dot, space and hash', { path: 'odd.name #1', equals: 'dotted' }, true],
  ['equals, nested odd names', { path: ['tasks', 'the 1.st', ':v0'], equals: 'colon' }, true],
  ['a dotted name is not a path', { exists: 'tasks.the 1.st' }, false],
  ['oneOf', { path: 'status', oneOf: ['queued', 'ready'] }, true],
  ['oneOf, mixed types', { path: 'version', oneOf: ['7', 7] }, true],
  ['oneOf, none', { path: 'status', oneOf: ['queued'] }, false],
  ['oneOf, missing attribute', { path: 'nowhere', oneOf: ['queued'] }, false],
  ['below', { path: 'version', below: 8 }, true],
  ['below, equal', { path: 'version', below: 7 }, false],
  ['below, other type', { path: 'status', below: 8 }, false],
  ['below, missing attribute', { path: 'nowhere', below: 8 }, false],
  ['atMost, equal', { path: 'version', atMost: 7 }, true],
  ['atMost, above', { path: 'version', atMost: 6 }, false],
  ['above', { path: 'status', above: 'readz' }, false],
  ['above, shorter prefix', { path: 'status', above: 'read' }, true],
  ['above, in order of UTF-8 bytes', { path: 'emoji', above: '\u{FFFF}' }, true],
  ['atLeast, nested', { path: ['tasks', 'the 1.st', 'size()'], atLeast: 3 }, true],
  ['atLeast, missing attribute', { path: 'nowhere', atLeast: -1 }, false],
  ['contains, member of a set', { path: 'waits', contains: 'a' }, true],
  ['contains, not a member', { path: 'waits', contains: 'c' }, false],
  ['contains, part of a text', { path: 'status', contains: 'ead' }, true],
  ['contains, element of a list', { path: 'list', contains: 'y' }, true],
  ['contains, part of an element', { path: 'odd.name #1', contains: 'zz' }, false],
  ['contains, number', { path: 'version', contains: '7' }, false],
  ['sizeBelow, set', { path: 'waits', sizeBelow: 3 }, true],
  ['sizeBelow, set of that size', { path: 'waits', sizeBelow: 2 }, false],
  ['sizeBelow, map', { path: 'tasks', sizeBelow: 2 }, true],
  ['sizeBelow, list', { path: 'list', sizeBelow: 2 }, false],
  ['sizeBelow, text', { path: 'status', sizeBelow: 6 }, true],
  ['sizeBelow, missing attribute', { path: 'nowhere', sizeBelow: 9 }, false],
  ['all', { all: [{ exists: 'status' }, { path: 'version', equals: 7 }] }, true],
  ['all, one fails', { all: [{ exists: 'status' }, { path: 'version', equals: 8 }] }, false],
  ['any', { any: [{ missing: 'status' }, { path: 'version', equals: 7 }] }, true],
  ['any, none', { any: [{ missing: 'status' }, { path: 'version', equals: 8 }] }, false],
  ['not', { not: { path: 'status', equals: 'done' } }, true],
  ['not, of a comparison with a missing attribute', { not: { path: 'nowhere', below: 1 } }, true],
  ['any within all within not', { not: { all: [{ exists: 'status' }, { any: [{ exists: 'nowhere' }] }] } }, true],
];

export function conditionCases(subject: () => Subject): void {
  describe('conditions', () => {
    it.each(CASES)('%s', async (name, condition, expected) => {
      const { tables, table } = subject();
      await given(subject(), 'conditions', name, ITEM);
      const outcome = await tables.write([{ table, check: { pk: 'conditions', sk: name }, if: condition }]);
      expect(outcome.written).toBe(expected);
    });

    it('a refused put, update and delete each tell what they found and change nothing', async () => {
      const { tables, table } = subject();
      const item = await given(subject(), 'refused', '1', ITEM);
      const key = { pk: 'refused', sk: '1' };
      const forbidden: Condition = { path: 'version', equals: 1 };
      for (const write of [
        { table, put: { ...key, status: 'new' }, if: forbidden },
        { table, update: key, changes: { set: [['status', 'new'] as const] }, if: forbidden },
        { table, delete: key, if: forbidden },
      ]) {
        expect(await tables.write([write])).toEqual({ written: false, refused: [{ index: 0, found: item }] });
      }
      expect(await tables.get(table, key)).toEqual(item);
    });

    it('a condition on a missing item is refused with nothing found', async () => {
      const { tables, table } = subject();
      const write = { table, update: { pk: 'refused', sk: 'none' }, changes: { set: [['a', 1] as const] } };
      const outcome = await tables.write([{ ...write, if: { exists: 'pk' } }]);
      expect(outcome).toEqual({ written: false, refused: [{ index: 0, found: undefined }] });
      expect(await tables.get(table, write.update)).toBeUndefined();
    });

    it.each<[string, Condition]>([
      ['an empty all', { all: [] }],
      ['an empty any', { any: [] }],
      ['an empty all that does not matter', { any: [{ missing: 'pk' }, { all: [] }] }],
      ['an empty oneOf', { path: 'status', oneOf: [] }],
      ['an empty path', { exists: [] }],
      ['101 alternatives', { path: 'status', oneOf: Array.from({ length: 101 }, (_, i) => i) }],
    ])('%s is an invalid call', async (_name, condition) => {
      const { tables, table } = subject();
      const call = tables.write([{ table, check: { pk: 'invalid', sk: '1' }, if: condition }]);
      await expect(call).rejects.toBeInstanceOf(InvalidTableCall);
    });

    it('64 claimants of one item have one winner, and the others see it', async () => {
      const { tables, table } = subject();
      await given(subject(), 'claims', '1', { owner: 'nobody' });
      const claim = (owner: string) =>
        tables.write([
          {
            table,
            update: { pk: 'claims', sk: '1' },
            changes: { set: [['owner', owner]] },
            if: { path: 'owner', equals: 'nobody' },
          },
        ]);
      const outcomes = await Promise.all(Array.from({ length: 64 }, (_, i) => claim(`claimant ${i}`)));
      const winner = (await tables.get(table, { pk: 'claims', sk: '1' }))?.owner;
      expect(outcomes.filter((outcome) => outcome.written)).toHaveLength(1);
      expect(
        outcomes.flatMap((outcome) => (outcome.written ? [] : outcome.refused)).map(({ found }) => found?.owner),
      ).toEqual(Array.from({ length: 63 }, () => winner));
    });
  });
}
