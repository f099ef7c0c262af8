// Query cursors: where the last page ended, bound to the query that made them.
import { hash } from 'node:crypto';
import { InvalidTableCall, type Query } from './table.ts';

/** The keys of the last item of a page; `indexSk` only for an index. The partition key is the query's own. */
export type Position = { pk: string; sk: string; indexSk?: string };

/** What came as a cursor is none, or another query's: the caller's mistake. */
export class InvalidCursor extends InvalidTableCall {
  override name = 'InvalidCursor';
  constructor() {
    super('The cursor does not belong to this query.');
  }
}

/** An opaque text that only the same query accepts. */
export function writeCursor(query: Query, position: Position): string {
  return Buffer.from(JSON.stringify([fingerprint(query), position.pk, position.sk, position.indexSk])).toString(
    'base64url',
  );
}

/** The position in a cursor. Throws InvalidCursor when it is damaged or belongs to another query. */
export function readCursor(query: Query): Position | undefined {
  if (query.cursor === undefined) return undefined;
  const parts = parse(query.cursor);
  const [print, pk, sk, indexSk] = parts;
  if (print !== fingerprint(query) || typeof pk !== 'string' || typeof sk !== 'string') throw new InvalidCursor();
  if (query.index === undefined) return { pk, sk };
  if (typeof indexSk !== 'string') throw new InvalidCursor();
  return { pk, sk, indexSk };
}

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function fingerprint({ table, index, pk, sk, newestFirst }: Query): string {
  const about = JSON.stringify([table, index ?? null, pk, sk ?? null, newestFirst === true]);
  return hash('sha256', about, 'base64url').slice(0, 16);
}
