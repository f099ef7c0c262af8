// The contract, part 2: what puts, updates and deletes leave behind, and which values a table refuses.
import { describe, expect, it } from 'vitest';
import { type Attributes, given, type Subject } from './table.contract.ts';
import { type Changes, InvalidTableCall, type Value } from './table.ts';

const BEFORE: Attributes = {
  n: 5,
  nothing: null,
  text: 'a',
  waits: new Set(['a', 'b']),
  map: { deep: { n: 1 }, tags: new Set(['t']) },
};
const { n, nothing, text, waits, map } = BEFORE;

const CASES: [string, Changes, Attributes][] = [
  [
    'set',
    {
      set: [
        ['text', 'b'],
        ['fresh', [1, { x: null }]],
      ],
    },
    { n, nothing, text: 'b', waits, map, fresh: [1, { x: null }] },
  ],
  [
    'set nested',
    { set: [[['map', 'deep', 'odd.name'], true]] },
    { n, nothing, text, waits, map: { deep: { n: 1, 'odd.name': true }, tags: new Set(['t']) } },
  ],
  ['set with a set', { set: [['waits', new Set(['z'])]] }, { n, nothing, text, waits: new Set(['z']), map }],
  [
    'setIfMissing',
    {
      setIfMissing: [
        ['text', 'no'],
        ['fresh', 'yes'],
      ],
    },
    { n, nothing, text, waits, map, fresh: 'yes' },
  ],
  [
    'add',
    {
      add: [
        ['n', -2],
        ['counter', 3],
      ],
    },
    { n: 3, nothing, text, waits, map, counter: 3 },
  ],
  [
    'addToSet',
    {
      addToSet: [
        ['waits', ['b', 'c']],
        ['more', ['x']],
      ],
    },
    { n, nothing, text, waits: new Set(['a', 'b', 'c']), map, more: new Set(['x']) },
  ],
  ['removeFromSet', { removeFromSet: [['waits', ['b', 'never']]] }, { n, nothing, text, waits: new Set(['a']), map }],
  ['removeFromSet to the last member', { removeFromSet: [['waits', ['a', 'b']]] }, { n, nothing, text, map }],
  ['removeFromSet of a missing set', { removeFromSet: [['nowhere', ['a']]] }, BEFORE],
  [
    'remove',
    { remove: ['text', ['map', 'deep', 'n'], 'nowhere'] },
    { n, nothing, waits, map: { deep: {}, tags: new Set(['t']) } },
  ],
  [
    'all kinds at once',
    {
      set: [['a', 1]],
      add: [['n', 1]],
      addToSet: [['more', ['c']]],
      removeFromSet: [['waits', ['a', 'b']]],
      remove: ['text'],
    },
    { a: 1, n: 6, nothing, more: new Set(['c']), map },
  ],
];

const REFUSED: [string, Changes][] = [
  ['nothing to change', {}],
  ['a nested path without its parent', { set: [[['nowhere', 'x'], 1]] }],
  ['a nested default without its parent', { setIfMissing: [[['nowhere', 'x'], 1]] }],
  ['a path into a text', { set: [[['text', 'x'], 1]] }],
  ['adding to a text', { add: [['text', 1]] }],
  ['adding members to a number', { addToSet: [['n', ['x']]] }],
  ['adding to null', { add: [['nothing', 1]] }],
  ['adding members to null', { addToSet: [['nothing', ['x']]] }],
  ['removing members from a number', { removeFromSet: [['n', ['x']]] }],
  ['adding below the top level', { add: [[['map', 'deep'] as never, 1]] }],
  ['adding members below the top level', { addToSet: [[['map', 'tags'] as never, ['u']]] }],
  ['removing members below the top level', { removeFromSet: [[['map', 'tags'] as never, ['t']]] }],
  ['the same path twice', { set: [['n', 1]], add: [['n', 1]] }],
  ['a path and its parent', { set: [[['map', 'deep'], 1]], remove: ['map'] }],
  ['the key', { set: [['pk', 'other']] }],
  ['an empty set', { set: [['waits', new Set<string>()]] }],
  ['an empty set deep inside', { set: [['x', { list: [new Set<string>()] }]] }],
  ['no member to add', { addToSet: [['waits', []]] }],
  ['not a number', { set: [['n', Number.NaN]] }],
  ['an endless number', { add: [['n', Number.POSITIVE_INFINITY]] }],
  ['an index key that is a number', { set: [['queuePk', 1]] }],
  ['an index key that is empty', { set: [['queuePk', '']] }],
  ['a name that objects cannot carry', { set: [['x', JSON.parse('{"__proto__":1}')]] }],
  ['a path with such a name', { set: [[['map', '__proto__'], 1]] }],
  ['more than 32 levels', { set: [['x', levels(33)]] }],
];

function levels(count: number): Value {
  return count === 0 ? 'deep' : { a: levels(count - 1) };
}

export function updateCases(subject: () => Subject): void {
  describe('writes of one item', () => {
    it.each(CASES)('%s', async (name, changes, expected) => {
      const { tables, table } = subject();
      const key = { pk: 'updates', sk: name };
      await given(subject(), key.pk, key.sk, BEFORE);
      const outcome = await tables.write([{ table, update: key, changes }]);
      expect(outcome).toEqual({ written: true, items: [{ ...key, ...expected }] });
      expect(await tables.get(table, key)).toEqual({ ...key, ...expected });
    });

    it.each(REFUSED)('refuses %s and changes nothing', async (name, changes) => {
      const { tables, table } = subject();
      const key = { pk: 'refused changes', sk: name };
      await given(subject(), key.pk, key.sk, BEFORE);
      await expect(tables.write([{ table, update: key, changes }])).rejects.toBeInstanceOf(InvalidTableCall);
      expect(await tables.get(table, key)).toEqual({ ...key, ...BEFORE });
    });

    it('an update of a missing item creates it', async () => {
      const { tables, table } = subject();
      const key = { pk: 'created', sk: '1' };
      await tables.write([{ table, update: key, changes: { add: [['n', 1]], addToSet: [['who', ['me']]] } }]);
      expect(await tables.get(table, key)).toEqual({ ...key, n: 1, who: new Set(['me']) });
    });

    it('a put replaces the whole item, drops undefined members and answers with it', async () => {
      const { tables, table } = subject();
      await given(subject(), 'put', '1', BEFORE);
      const outcome = await tables.write([
        { table, put: { pk: 'put', sk: '1', a: undefined, b: { c: undefined, $ss: 1 } } },
      ]);
      const expected = { pk: 'put', sk: '1', b: { $ss: 1 } };
      expect(outcome).toEqual({ written: true, items: [expected] });
      expect(Object.keys((await tables.get(table, expected)) as object).sort()).toEqual(['b', 'pk', 'sk']);
    });

    it('a delete removes the item, and one of a missing item is no error', async () => {
      const { tables, table } = subject();
      const key = await given(subject(), 'deleted', '1');
      expect(await tables.write([{ table, delete: key }])).toEqual({ written: true, items: [undefined] });
      expect(await tables.get(table, key)).toBeUndefined();
      expect((await tables.write([{ table, delete: key }])).written).toBe(true);
    });

    it('keeps numbers, texts and odd names as they are', async () => {
      const item = {
        pk: 'kept',
        sk: '\u{1F600}',
        big: 2 ** 53 - 1,
        small: 1.5e-7,
        minus: -0.25,
        text: 'Zoë "\u{10FFFF}\n',
        '': 'no name',
      };
      const { tables, table } = subject();
      await tables.write([{ table, put: item }]);
      const kept = await tables.get(table, { pk: 'kept', sk: '\u{1F600}' });
      expect(Object.entries(kept as object).sort()).toEqual(Object.entries(item).sort());
    });

    it('200 concurrent additions all count', async () => {
      const { tables, table } = subject();
      const key = { pk: 'counter', sk: '1' };
      const add = () => tables.write([{ table, update: key, changes: { add: [['n', 1]] } }]);
      await Promise.all(Array.from({ length: 200 }, add));
      expect((await tables.get(table, key))?.n).toBe(200);
    });

    it.each([
      ['an empty pk', { pk: '', sk: 'x' }],
      ['an empty sk', { pk: 'x', sk: '' }],
      ['a pk over 2,048 bytes', { pk: 'x'.repeat(2049), sk: 'x' }],
      ['an sk over 1,024 bytes', { pk: 'x', sk: 'é'.repeat(513) }],
    ])('refuses %s', async (_name, key) => {
      const { tables, table } = subject();
      await expect(tables.write([{ table, put: key }])).rejects.toBeInstanceOf(InvalidTableCall);
      await expect(tables.get(table, key)).rejects.toBeInstanceOf(InvalidTableCall);
    });

    it('takes an item of 400 KB and refuses one byte more', async () => {
      const { tables, table } = subject();
      const withText = (length: number) => ({ pk: 'large', sk: '1', d: 'x'.repeat(length) });
      const most = 400 * 1024 - ('pk'.length + 'large'.length + 'sk'.length + '1'.length + 'd'.length);
      expect((await tables.write([{ table, put: withText(most) }])).written).toBe(true);
      await expect(tables.write([{ table, put: withText(most + 1) }])).rejects.toBeInstanceOf(InvalidTableCall);
    });

    it('refuses an update that makes an item too large', async () => {
      const { tables, table } = subject();
      const key = await given(subject(), 'large', '2', { a: 'x'.repeat(250_000) });
      const changes: Changes = { set: [['b', 'y'.repeat(250_000)]] };
      await expect(tables.write([{ table, update: key, changes }])).rejects.toBeInstanceOf(InvalidTableCall);
    });

    it('refuses a table that does not exist', async () => {
      const { tables } = subject();
      const key = { pk: 'a', sk: 'b' };
      await expect(tables.get('no-such-table', key)).rejects.toBeInstanceOf(InvalidTableCall);
      await expect(tables.write([{ table: 'no-such-table', put: key }])).rejects.toBeInstanceOf(InvalidTableCall);
    });
  });
}
