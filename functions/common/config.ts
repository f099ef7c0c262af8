// Reads the files of config/ (YAML), checks them, and says file, line and what was expected when one is wrong.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { type FieldProblem, problemsOf } from './problem.ts';

export type ConfigProblem = FieldProblem & { line: number };

/** A configuration file is wrong. The message has one line per problem: `agents.yaml:12: [0].role: expected …, got …`. */
export class InvalidConfig extends Error {
  override name = 'InvalidConfig';
  readonly file: string;
  readonly problems: ConfigProblem[];
  constructor(file: string, problems: ConfigProblem[]) {
    super(problems.map((problem) => `${file}:${problem.line}: ${sentence(problem)}`).join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Where the configuration lies: in the function's package, or in the repository when there is none. */
export const configFolder = (): string => join(process.env.LAMBDA_TASK_ROOT ?? repositoryRoot, 'config');

/** `readConfig('agents.yaml', Schema)` → the parsed value. Throws InvalidConfig. */
export function readConfig<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  folder = configFolder(),
): z.output<Schema> {
  return parseConfig(file, textOf(folder, file), schema);
}

/** Every YAML file of one folder of config/, by name: `readConfigs('patterns', Pattern)`. */
export function readConfigs<Schema extends z.ZodType>(
  kind: string,
  schema: Schema,
  folder = configFolder(),
): z.output<Schema>[] {
  const names = readdirSync(join(folder, kind)).filter((name) => /\.ya?ml$/.test(name));
  return names.sort().map((name) => readConfig(`${kind}/${name}`, schema, folder));
}

/** Every file of config/ with its text, by its name below it. */
export function configFiles(folder = configFolder()): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The text of one YAML or JSON file, checked by a schema; `file` is for the messages only. Throws InvalidConfig. */
export function parseConfig<Schema extends z.ZodType>(file: string, text: string, schema: Schema): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ pos, message }) => ({
      line: lines.linePos(pos[0]).line,
      path: '',
      expected: `YAML (${message})`,
    }));
    throw new InvalidConfig(file, faults);
  }
  const value = plainValue(file, document);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    return problemsOf([issue], value).map((problem, index) => {
      const path = keys[index] === undefined ? issue.path : [...issue.path, keys[index]];
      return { line: lineOf(document, lines, path), ...problem };
    });
  });
  throw new InvalidConfig(file, problems);
}

function plainValue(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new InvalidConfig(file, [{ line: 1, path: '', expected: `YAML (${(error as Error).message})` }]);
  }
}

function textOf(folder: string, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(folder, file)));
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'a file that exists' : 'a readable file in UTF-8';
    throw new InvalidConfig(file, [{ line: 1, path: '', expected: reason }]);
  }
}

/** The line of the deepest part of `path` that the file has: a missing field is reported where its parent begins. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const part of path) {
    const key = isMap(node)
      ? node.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === part)?.key
      : undefined;
    const inner: unknown = isNode(node) && 'get' in node ? node.get(part, true) : undefined;
    const found = isNode(key) ? key : inner;
    if (!isNode(found)) break;
    offset = found.range?.[0] ?? offset;
    node = inner;
  }
  return lines.linePos(offset).line;
}

const sentence = ({ path, expected, got }: FieldProblem): string =>
  `${path === '' ? '' : `${path}: `}expected ${expected}${got === undefined ? '' : `, got ${got}`}`;
