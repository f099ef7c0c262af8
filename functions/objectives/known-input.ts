// What is known about an input before any agent reads it: its media type and, where the content is at hand, its columns.
import type { KnownInput } from './patterns.ts';

type GivenInput = { name: string; mediaType?: string | undefined; content?: string | undefined };

const byExtension = new Map([
  ['csv', 'text/csv'],
  ['tsv', 'text/csv'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['txt', 'text/plain'],
]);
const delimiter = /[,;\t|]/;

/**
 * The media type that was said, unless it says nothing (octet-stream); else what the ending of the name (or of `fileName`) stands for; else what the content
 * looks like: a first line with separators is a table. Without any hint a table is assumed, because agents check it.
 */
export function mediaTypeOf({ name, mediaType, content }: GivenInput, fileName = name): string {
  if (mediaType !== undefined && mediaType !== 'application/octet-stream') return mediaType;
  const known = byExtension.get(/\.(\w+)$/.exec(fileName)?.[1]?.toLowerCase() ?? '');
  if (known !== undefined) return known;
  if (content === undefined) return 'text/csv';
  if (/^\s*[[{]/.test(content)) return 'application/json';
  return delimiter.test(firstLine(content)) && content.includes('\n') ? 'text/csv' : 'text/plain';
}

/** The input as planning sees it. */
export function knownInput(input: GivenInput): KnownInput {
  const mediaType = mediaTypeOf(input);
  if (mediaType !== 'text/csv' || input.content === undefined) return { name: input.name, mediaType };
  const columns = firstLine(input.content).split(delimiter);
  return {
    name: input.name,
    mediaType,
    columns: columns.map((column) => column.replaceAll('"', '').trim()).slice(0, 100),
  };
}

const firstLine = (content: string): string => /[^\r\n]+/.exec(content)?.[0] ?? '';
