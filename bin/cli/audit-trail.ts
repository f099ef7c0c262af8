// The audit trail as lines: fetched page by page from the API, or read from a file that an export has written.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Api } from './api.ts';
import { BadInput } from './failure.ts';
import { reasonOf } from './objective-file.ts';

/** Every line of the trail, lane after lane. A page that is not the last ends with a line `{"cursor": "…"}`. */
export async function* fetchedTrail(api: Api, lane?: string): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const page: string = await (await api.raw('/audit/export', { lane, cursor })).text();
    const lines: string[] = page.split('\n').filter((text) => text !== '');
    cursor = cursorIn(lines.at(-1));
    yield* cursor === undefined ? lines : lines.slice(0, -1);
  } while (cursor !== undefined);
}

function cursorIn(lastLine: string | undefined): string | undefined {
  const last = lastLine?.includes('"cursor"') ? (JSON.parse(lastLine) as { cursor?: string; text?: string }) : {};
  return last.text === undefined ? last.cursor : undefined;
}

/** Every line of an exported file. Throws BadInput when it cannot be read. */
export async function* storedTrail(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, 'utf8');
  const failed = new Promise<never>((_, reject) => stream.on('error', reject));
  failed.catch(() => undefined);
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([lines.next(), failed]);
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw new BadInput(`${file} cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}
