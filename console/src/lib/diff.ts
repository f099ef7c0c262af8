// What changed between two stored items, leaf by leaf.

export type DiffLine = { path: string; kind: 'added' | 'removed' | 'changed'; before?: unknown; after?: unknown };

/** The leaves that differ, in the order of the later item, then what is gone. A missing side means insert or remove. */
export function diffValues(before: unknown, after: unknown): DiffLine[] {
  const old = leaves(before);
  const now = leaves(after);
  const lines: DiffLine[] = [];
  for (const [path, value] of now) {
    if (!old.has(path)) lines.push({ path, kind: 'added', after: value });
    else if (!same(old.get(path), value)) lines.push({ path, kind: 'changed', before: old.get(path), after: value });
  }
  for (const [path, value] of old) if (!now.has(path)) lines.push({ path, kind: 'removed', before: value });
  return lines;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function leaves(value: unknown, path = '', into = new Map<string, unknown>()): Map<string, unknown> {
  if (value === undefined || (value === null && path === '')) return into;
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    into.set(path || 'value', value);
    return into;
  }
  for (const [name, child] of Object.entries(value)) {
    leaves(child, Array.isArray(value) ? `${path}[${name}]` : path ? `${path}.${name}` : name, into);
  }
  return into;
}
