// The audit trail as lines: fetched page by page from the API, or read from a file that an export has written.
import { createReadStream } from 'node:fs';
import type { Api } from './api.ts';
import { BadInput } from './failure.ts';
import { reasonOf } from './objective-file.ts';
import type { SignedRoot } from './verify-audit.ts';

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

/**
 * The newest roots as they lie in the archive. Each binds all before it, so the last ones are enough; a table that was
 * put back to an earlier state has fewer.
 */
export async function anchoredRoots(api: Api): Promise<SignedRoot[]> {
  const { items } = await api.get<{ items: { epoch: number }[] }>('/audit/roots', { limit: 1 });
  const from = Math.max(1, (items[0]?.epoch ?? 1) - 1);
  return (await api.get<{ items: SignedRoot[] }>('/audit/anchors', { from })).items;
}

/**
 * Every line of an exported file; only line breaks end one (an entry may hold other separators that readline ends lines
 * at). Throws BadInput when it cannot be read.
 */
export async function* storedTrail(file: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, 'utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw new BadInput(`${file} cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
  if (rest !== '') yield rest;
}
