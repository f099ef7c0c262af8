// Finds the readable report inside a result: agents answer with Markdown, with an object that holds it, or with plain data.

export type Report = { markdown?: string; figures: [name: string, value: string | number | boolean][]; rest?: unknown };

const MARKDOWN_FIELDS = ['report', 'markdown', 'text', 'summary'];

/** Splits a result into Markdown, single figures worth a tile, and the rest as data. */
export function readReport(result: unknown): Report | undefined {
  if (result === undefined || result === null) return undefined;
  if (typeof result === 'string') return { markdown: result, figures: [] };
  if (typeof result !== 'object' || Array.isArray(result)) return { figures: [], rest: result };
  const entries = Object.entries(result);
  const field = MARKDOWN_FIELDS.find((name) => typeof (result as Record<string, unknown>)[name] === 'string');
  const nested = field
    ? undefined
    : entries.map(([, value]) => readReport(isObject(value) ? value : undefined)).find((inner) => inner?.markdown);
  if (nested) return { ...nested, rest: result };
  const markdown = field ? String((result as Record<string, unknown>)[field]) : undefined;
  const others = entries.filter(([name]) => name !== field);
  const figures = others.filter((entry): entry is [string, string | number | boolean] => isFigure(entry[1]));
  const rest = others.filter(([, value]) => !isFigure(value));
  return { markdown, figures, rest: rest.length > 0 ? Object.fromEntries(rest) : undefined };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFigure(value: unknown): value is string | number | boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.length > 0 && value.length <= 40)
  );
}

/** `responseCount` or `response_count` as a label: `Response count`. */
export function labelOf(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
