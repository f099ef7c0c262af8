// From a task's input name to its table: inline content, or a download over the presigned address.
import type { AgentInput } from '../../common/agent-call.ts';
import type { Work } from '../agent.ts';
import { PermanentTaskError } from '../errors.ts';
import { type Row, readCsv, type Table } from './read-csv.ts';

type Source = Pick<Work, 'inputs' | 'signal' | 'download'>;

/** The table of the input of that name; every refusal names the input. */
export async function openTable(work: Source, name: string): Promise<Table> {
  const input = work.inputs.find((one) => one.name === name);
  if (!input)
    throw new PermanentTaskError(
      `There is no input "${name}"; there is ${work.inputs.map((one) => `"${one.name}"`).join(', ') || 'none'}`,
    );
  try {
    const table = await readCsv(await bytesOf(input, work));
    return { ...table, rows: named(name, table.rows) };
  } catch (error) {
    throw withName(name, error);
  }
}

async function* named(name: string, rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  try {
    yield* rows;
  } catch (error) {
    throw withName(name, error);
  }
}

const withName = (name: string, error: unknown): unknown =>
  error instanceof PermanentTaskError && !error.message.startsWith('Input ')
    ? new PermanentTaskError(`Input "${name}": ${error.message}`)
    : error;

async function bytesOf({ content, url }: AgentInput, { signal, download }: Source) {
  if (content !== undefined) return [new TextEncoder().encode(content)];
  if (url === undefined) throw new PermanentTaskError('expected content or an address to fetch it from, got neither');
  return download(url, signal);
}
