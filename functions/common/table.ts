// The table port: the one door to stored state. Two adapters implement it, DynamoDB (table-dynamodb.ts) and
// SQLite (table-sqlite.ts); one contract test (table.contract.ts) holds both to what DynamoDB does.
//
// House convention, so that no caller carries a schema: every table has the string keys `pk` and `sk`; an index named
// `waiting` has the string keys `waitingPk` and `waitingSk` and is sparse (an item without both is not in it).

/** A value an item can hold: JSON values plus string sets. `undefined` members are dropped; an empty set is refused. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Set<string>
  | Value[]
  | { [attribute: string]: Value | undefined };
export type Key = { pk: string; sk: string };
export type Item = Key & { [attribute: string]: Value | undefined };

/** Where an attribute is: `'status'`, or a path into maps: `['tasks', '3', 'status']`. Names may hold any character. */
export type Path = string | readonly string[];

/** Conditions are data. A missing attribute fails every comparison (as in DynamoDB), `missing` and `not` aside. */
export type Condition =
  | { exists: Path }
  | { missing: Path }
  | { path: Path; equals: string | number | boolean | null }
  | { path: Path; oneOf: readonly (string | number)[] }
  | { path: Path; below: string | number }
  | { path: Path; atMost: string | number }
  | { path: Path; above: string | number }
  | { path: Path; atLeast: string | number }
  | { path: Path; contains: string }
  | { path: Path; sizeBelow: number }
  | { all: readonly Condition[] }
  | { any: readonly Condition[] }
  | { not: Condition };

/** What an update changes, all at once, each list evaluated against the item as it was before. */
export type Changes = {
  set?: readonly (readonly [Path, Value])[];
  /** set only where the attribute is missing */
  setIfMissing?: readonly (readonly [Path, Value])[];
  /**
   * Add to a number; a missing number counts as 0. This and the two below name attributes of the item itself: DynamoDB
   * documents ADD and DELETE for the top level only.
   */
  add?: readonly (readonly [string, number])[];
  /** add members to a string set; a missing set is made */
  addToSet?: readonly (readonly [string, readonly string[]])[];
  /** take members out of a string set; the attribute vanishes with its last member */
  removeFromSet?: readonly (readonly [string, readonly string[]])[];
  remove?: readonly Path[];
};

/** One write. An update of a missing item creates it (as in DynamoDB) unless `if` forbids. */
export type Write = { table: string } & (
  | { put: Item; if?: Condition }
  | { update: Key; changes: Changes; if?: Condition }
  | { delete: Key; if?: Condition }
  | { check: Key; if: Condition }
);

/**
 * A refusal is an answer, not an error: which writes' conditions failed, and the item that was found there.
 * `items` (same order as the writes) holds the new item after a single put or update; in a transaction of several
 * writes it is undefined for each, because DynamoDB returns nothing there.
 */
export type WriteOutcome =
  | { written: true; items: (Item | undefined)[] }
  | { written: false; refused: { index: number; found: Item | undefined }[] };

export type SortKeyRange =
  | { beginsWith: string }
  | { equals: string }
  | { between: readonly [string, string] }
  | { atLeast: string }
  | { above: string }
  | { atMost: string }
  | { below: string };

export type Query = {
  table: string;
  index?: string;
  pk: string;
  sk?: SortKeyRange;
  /** items read at most; the default is 100, the most 1,000 */
  limit?: number;
  /** what an earlier page returned; opaque */
  cursor?: string;
  newestFirst?: boolean;
  /** strongly consistent; refused with an index */
  consistent?: boolean;
};
export type Page = { items: Item[]; cursor?: string };

export interface Tables {
  /** Strongly consistent unless `eventually` is said. */
  get(table: string, key: Key, options?: { eventually?: boolean }): Promise<Item | undefined>;
  query(query: Query): Promise<Page>;
  /** All or nothing; 1 to 100 writes, 4 MB, no item twice, 400 KB an item. One write is a plain conditional write. */
  write(writes: readonly Write[]): Promise<WriteOutcome>;
}

/** The call itself is wrong (empty key, empty set, too many writes, item too large …). Permanent: a bug of the caller. */
export class InvalidTableCall extends Error {
  override name = 'InvalidTableCall';
}
/** Another transaction held one of the items, or capacity was short. Nothing was written; trying again may work. */
export class TableBusy extends Error {
  override name = 'TableBusy';
}
/** This function's role does not allow the operation. */
export class TableAccessDenied extends Error {
  override name = 'TableAccessDenied';
}
/** No answer came back: the write may or may not have happened. Look before trying again. */
export class TableOutcomeUnknown extends Error {
  override name = 'TableOutcomeUnknown';
}
