// The export that anybody can verify: JSON lines of the keys, the signed roots, and every lane up to its head.
import * as z from 'zod';
import { exportLine } from './anchor-root.ts';
import { firstHead } from './chain.ts';
import type { Lanes } from './lanes.store.ts';
import { shownRoot } from './root.ts';
import type { Roots } from './roots.store.ts';
import { LANES, placeIn } from './trail.ts';

const FORMAT = 'lazyark-audit-export/1';
const LINES_PER_PAGE = 500;
const BATCHES_PER_READ = 10;
const ROOTS_PER_READ = 200;

const Place = z.object({
  /** missing while the roots are being exported */
  lane: z.string().optional(),
  cursor: z.string().optional(),
  head: z.object({ seq: z.int(), hash: z.string() }).optional(),
});
type Place = z.infer<typeof Place>;
type ExportDeps = { lanes: Lanes; roots: Roots };

/**
 * A page of the export; one that is not the last ends with a cursor line. The roots come first: what is appended while
 * the export goes on is then more than they cover, never less.
 */
export async function exportTrail(
  { lane, cursor }: { lane?: string; cursor?: string },
  deps: ExportDeps,
): Promise<string> {
  const wanted: string[] = lane ? [lane] : [...LANES];
  const lines: string[] = [];
  let place: Place | undefined = cursor ? placeIn(cursor, Place) : {};
  while (place && lines.length < LINES_PER_PAGE) {
    const part: Lines = place.lane
      ? await laneLines({ ...place, lane: place.lane }, wanted, deps)
      : await rootLines(place.cursor, wanted, deps);
    lines.push(...part.lines);
    place = part.next;
  }
  return [...lines, ...(place ? [cursorLine(place)] : [])].join('\n');
}

type Lines = { lines: string[]; next?: Place };

async function rootLines(cursor: string | undefined, wanted: readonly string[], { roots }: ExportDeps): Promise<Lines> {
  const format = cursor ? [] : [JSON.stringify({ format: FORMAT, keys: await roots.keys() })];
  const page = await roots.page({ cursor, limit: ROOTS_PER_READ });
  const lines = [...format, ...page.roots.map((root) => JSON.stringify({ root: shownRoot(root) }))];
  return { lines, next: page.cursor ? { cursor: page.cursor } : { lane: wanted[0] } };
}

async function laneLines(
  { lane, cursor, head: before }: Place & { lane: string },
  wanted: readonly string[],
  { lanes }: ExportDeps,
): Promise<Lines> {
  const page = await lanes.batches(lane, { cursor, limit: BATCHES_PER_READ, from: 0 });
  const lines = page.batches.flatMap(({ entries }) => entries.map((entry) => exportLine(lane, entry)));
  const last = page.batches.at(-1)?.entries.at(-1);
  const head = last ? { seq: last.seq, hash: last.hash } : (before ?? firstHead(lane));
  if (page.cursor) return { lines, next: { lane, cursor: page.cursor, head } };
  const following = wanted[wanted.indexOf(lane) + 1];
  lines.push(JSON.stringify({ lane, head }));
  return { lines, ...(following ? { next: { lane: following } } : {}) };
}

const cursorLine = (place: Place): string =>
  JSON.stringify({ cursor: Buffer.from(JSON.stringify(place)).toString('base64url') });
