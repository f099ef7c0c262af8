// What changed in a stored item, as lines: a side that did not exist is missing.

export type Change = { path: string; before?: unknown; after?: unknown };
export type DiffLine = { path: string; kind: 'added' | 'removed' | 'changed'; before?: string; after?: string };

/** One line per change, values written out; a long value stands as its digest, as the trail keeps it. */
export function diffLines(changes: readonly Change[]): DiffLine[] {
  return changes.map(({ path, before, after }) => {
    if (before === undefined) return { path, kind: 'added', after: written(after) };
    if (after === undefined) return { path, kind: 'removed', before: written(before) };
    return { path, kind: 'changed', before: written(before), after: written(after) };
  });
}

function written(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isDigest(value)) return `${value.bytes.toLocaleString('en-US')} bytes, SHA-256 ${value.sha256}`;
  return JSON.stringify(value) ?? 'nothing';
}

function isDigest(value: unknown): value is { sha256: string; bytes: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sha256' in value &&
    'bytes' in value &&
    typeof value.bytes === 'number'
  );
}
