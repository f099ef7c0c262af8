// From a task's input name to its table: inline content, or a download over the presigned address.
import type { AgentInput } from '../../common/agent-call.ts';
import type { Work } from '../agent.ts';
import { PermanentTaskError, TransientTaskError } from '../errors.ts';
import { type Row, readCsv, type Table } from './read-csv.ts';

/** The table of the input of that name; every refusal names the input. */
export async function openTable({ inputs, signal }: Pick<Work, 'inputs' | 'signal'>, name: string): Promise<Table> {
  const input = inputs.find((one) => one.name === name);
  if (!input)
    throw new PermanentTaskError(
      `There is no input "${name}"; there is ${inputs.map((one) => `"${one.name}"`).join(', ') || 'none'}`,
    );
  try {
    const table = await readCsv(await bytesOf(input, signal));
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

async function bytesOf(
  { content, url }: AgentInput,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>> {
  if (content !== undefined) return [new TextEncoder().encode(content)];
  if (url === undefined) throw new PermanentTaskError('expected content or an address to fetch it from, got neither');
  const response = await fetch(url, { signal }).catch((error: Error) => {
    throw new TransientTaskError(`The download did not begin: ${error.message}`);
  });
  if (response.status === 404) throw new PermanentTaskError('the uploaded data is not there any more');
  if (!response.ok || !response.body)
    throw new TransientTaskError(`The download was answered with status ${response.status}`);
  return retriable(response.body);
}

/** A connection that breaks halfway is worth another attempt. */
async function* retriable(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new TransientTaskError(`The download broke off: ${(error as Error).message}`);
  }
}
