// Reads a CSV table strictly and as a stream: what is broken is refused with its line, nothing is repaired by guessing.
import { pipeline } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { PermanentTaskError } from '../errors.ts';
import { decodeText } from './decode-text.ts';

/** `line` is where the row begins in the file, counted from 1. */
export type Row = { line: number; values: string[] };
export type Table = { columns: string[]; rows: AsyncIterable<Row>; decimalComma: boolean };

const recordCharactersMax = 1024 * 1024;
const delimiters = ['\t', ',', ';', '|'];

/**
 * The table in these bytes (UTF-8, at most 100 MB). The first line names the columns; a column without a name is called
 * by its place. Rows come as they are read; a broken one ends the iteration with a PermanentTaskError that names its
 * line. Files that separate by semicolon write their decimals with a comma.
 */
export async function readCsv(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Table> {
  const blocks = decodeText(chunks);
  const first = await blocks.next();
  if (first.done) throw new PermanentTaskError('expected a table, got nothing: the file is empty');
  const delimiter = delimiterOf(first.value);
  const rows = parsedRows(rejoined(first.value, blocks), delimiter);
  const header = await rows.next();
  if (header.done) throw new PermanentTaskError('expected a line with column names, got blank lines only');
  return { columns: columnsOf(header.value), rows, decimalComma: delimiter === ';' };
}

async function* rejoined(first: string, more: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* more;
}

async function* parsedRows(blocks: AsyncIterable<string>, delimiter: string): AsyncGenerator<Row> {
  let end = { lines: 0, blank: 0 };
  const beginLine = (blankLines = end.blank) => end.lines + 1 + blankLines - end.blank;
  const parser = parse({
    delimiter,
    skip_empty_lines: true,
    max_record_size: recordCharactersMax,
    on_record: (values, { lines, empty_lines }) => {
      const row = { line: beginLine(empty_lines), values };
      end = { lines, blank: empty_lines };
      return row as never; // typed as if a record could only stay a list of texts
    },
  });
  pipeline(withPlainLineEnds(blocks), parser, () => {}); // an error of either side arrives in the loop below
  try {
    for await (const row of parser) yield row as Row;
  } catch (error) {
    if (error instanceof PermanentTaskError) throw error;
    const broken = error as CsvError & { empty_lines?: number };
    throw explained(broken, beginLine(broken.empty_lines));
  }
}

/** The parser counts a carriage return inside a value as a line of its own, and line numbers have to be right. */
async function* withPlainLineEnds(blocks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const block of blocks) yield block.replaceAll('\r\n', '\n');
}

function explained(error: CsvError, beginLine: number): Error {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new PermanentTaskError(`line ${beginLine}: a quote is opened here or below and never closed`);
    case 'CSV_MAX_RECORD_SIZE':
      return new PermanentTaskError(`line ${beginLine}: expected rows of at most 1 MB; is a quote never closed?`);
    case 'INVALID_OPENING_QUOTE':
      return new PermanentTaskError(
        `line ${error.lines}: a quote inside a value; expected the whole value in quotes and "" for a quote`,
      );
    case 'CSV_INVALID_CLOSING_QUOTE':
      return new PermanentTaskError(
        `line ${error.lines}: text after a closing quote; expected a separator, or "" for a quote inside a value`,
      );
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return new PermanentTaskError(
        `line ${beginLine}: ${error.message.replace(/^Invalid Record Length: expect (\d+), got (\d+).*$/s, 'expected $1 columns as in the first line, got $2')}`,
      );
    default:
      return error;
  }
}

function columnsOf({ line, values }: Row): string[] {
  const columns = values.map((value, index) => value.trim() || `column ${index + 1}`);
  const numbers = values.filter((value) => /^\s*[+-]?\d+([.,]\d+)?\s*$/.test(value)).length;
  if (numbers > values.length / 2)
    throw new PermanentTaskError(`line ${line}: expected column names, got numbers (${values.slice(0, 3).join(', ')})`);
  const twice = columns.find((column, index) => columns.indexOf(column) < index);
  if (twice !== undefined)
    throw new PermanentTaskError(`line ${line}: expected every column name once, got "${twice}" twice`);
  return columns;
}

/** What separates the most values in the first line, quoted text aside. */
function delimiterOf(text: string): string {
  const line =
    text
      .replace(/"[^"]*"/g, '')
      .split(/\r?\n|\r/)
      .find((one) => one.trim() !== '') ?? '';
  const counts = delimiters.map((delimiter) => line.split(delimiter).length - 1);
  return delimiters[counts.indexOf(Math.max(...counts))]!;
}
