// Strict reading: good tables in every usual dress, and each kind of broken one with its line and what was expected.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PermanentTaskError } from '../errors.ts';
import { readCsv } from './read-csv.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
async function rowsOf(chunks: Iterable<Uint8Array>) {
  const { columns, rows, decimalComma } = await readCsv(chunks);
  const read: { line: number; values: string[] }[] = [];
  for await (const row of rows) read.push(row);
  return { columns, rows: read, decimalComma };
}

it('reads quotes, line breaks inside values, blank lines, and says where each row begins', async () => {
  const { columns, rows } = await rowsOf([bytes('a, b \r\n1,"x\r\ny, ""z"""\r\n\r\n2,\r\n')]);
  expect(columns).toEqual(['a', 'b']);
  expect(rows).toEqual([
    { line: 2, values: ['1', 'x\ny, "z"'] },
    { line: 5, values: ['2', ''] },
  ]);
});

it.each([
  { when: 'a byte order mark', text: '\ufeffa,b\n1,2', columns: ['a', 'b'], comma: false },
  { when: 'semicolons', text: 'a;b\n1,5;2', columns: ['a', 'b'], comma: true },
  { when: 'tabs', text: 'a\tb, c\n1\t2', columns: ['a', 'b, c'], comma: false },
  { when: 'separators inside quoted names', text: '"a;b;c",d\n1,2', columns: ['a;b;c', 'd'], comma: false },
  { when: 'old line ends', text: 'a,b\r1,2', columns: ['a', 'b'], comma: false },
  { when: 'a column without a name', text: ',b\n1,2', columns: ['column 1', 'b'], comma: false },
])('takes $when', async ({ text, columns, comma }) => {
  const table = await rowsOf([bytes(text)]);
  expect(table.columns).toEqual(columns);
  expect(table.rows).toHaveLength(1);
  expect(table.decimalComma).toBe(comma);
});

describe('refuses', () => {
  const latin1 = Buffer.from('a,b\n1,x\n2,Müller\n', 'latin1');
  it.each([
    { when: 'nothing', chunks: [], says: /^expected a table, got nothing/ },
    { when: 'blank lines', chunks: [bytes('\n\n')], says: /blank lines only/ },
    {
      when: 'an open quote',
      chunks: [bytes('a,b\n1,2\n3,"x\n4,y\n')],
      says: /^line 3: a quote is opened here or below and never closed/,
    },
    { when: 'a quote inside a value', chunks: [bytes('a,b\n1,x"y\n')], says: /^line 2: a quote inside a value/ },
    { when: 'text after a quote', chunks: [bytes('a,b\n1,2\n1,"x"y\n')], says: /^line 3: text after a closing quote/ },
    {
      when: 'a value too many',
      chunks: [bytes('a,b\n1,2\n1,2,3\n')],
      says: /^line 3: expected 2 columns as in the first line, got 3/,
    },
    {
      when: 'a value too few',
      chunks: [bytes('a,b\n"1\r\n1",2\r\n\r\n1\r\n')],
      says: /^line 5: expected 2 columns as in the first line, got 1/,
    },
    { when: 'numbers for names', chunks: [bytes('1,2\n3,4\n')], says: /^line 1: expected column names, got numbers/ },
    { when: 'a name twice', chunks: [bytes('a,a\n3,4\n')], says: /^line 1: expected every column name once, got "a"/ },
    { when: 'Latin-1', chunks: [latin1], says: /UTF-8, but line 3 does not decode; it looks like Latin-1/ },
    { when: 'UTF-16 with a mark', chunks: [Buffer.from('\ufeffa,b\n', 'utf16le')], says: /the mark of UTF-16/ },
    { when: 'UTF-16 without a mark', chunks: [Buffer.from('a,b\n1,2', 'utf16le')], says: /zero bytes/ },
    { when: 'a spreadsheet', chunks: [Buffer.from('PK\u0003\u0004…')], says: /Excel or ZIP file: export it as CSV/ },
    {
      when: 'a row of 2 MB',
      chunks: [bytes(`a,b\n1,"${'x\n'.repeat(1_000_000)}"\n`)],
      says: /^line 2: expected rows of at most 1 MB/,
    },
    {
      when: 'a line of 2 MB',
      chunks: [bytes(`a,b\n1,${'x'.repeat(2_000_000)}`)],
      says: /expected lines of at most 1 MB/,
    },
  ])('$when', async ({ chunks, says }) => {
    const reading = rowsOf(chunks);
    await expect(reading).rejects.toThrow(PermanentTaskError);
    await expect(rowsOf(chunks)).rejects.toThrow(says);
  });

  it('more than 100 MB, without holding it', async () => {
    const block = bytes(`${'x'.repeat(10_000)},y\n`.repeat(100));
    function* endless() {
      yield bytes('a,b\n');
      for (;;) yield block;
    }
    await expect(
      readCsv(endless()).then(async ({ rows }) => {
        for await (const _ of rows);
      }),
    ).rejects.toThrow(/at most 100 MB/);
  }, 30_000);
});

it('gives back any table, wherever the bytes are cut', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '😀', ',', '"', '\n', ';', ' '), maxLength: 6 });
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 7 }),
      async (table, step) => {
        const file = bytes(`left,right\n${table.map((row) => row.map(quoted).join(',')).join('\n')}\n`);
        const chunks = Array.from({ length: Math.ceil(file.length / step) }, (_, n) =>
          file.subarray(n * step, (n + 1) * step),
        );
        expect((await rowsOf(chunks)).rows.map(({ values }) => values)).toEqual(table);
      },
    ),
    { numRuns: 200 },
  );
});
