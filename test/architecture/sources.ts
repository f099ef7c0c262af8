// The source files of the project as the rules of the house see them: their path, their text, what they import.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export type Import = {
  /** a package, or a path from the project's root */
  from: string;
  /** erased when the code runs */
  typeOnly: boolean;
  names: string;
};
export type Source = { path: string; text: string; imports: Import[] };

const STATEMENT = /^(?:import|export)\s+(?:([\w\s{},*$]+?)\s+from\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

const isTypeOnly = (names: string): boolean =>
  /^type\s/.test(names) || /^\{\s*(type\s+\w+(\s+as\s+\w+)?\s*,?\s*)+\}$/.test(names);

export function sourceOf(path: string, text: string): Source {
  const resolve = (from: string) => (from.startsWith('.') ? normalize(join(dirname(path), from)) : from);
  const imports = [...text.matchAll(STATEMENT)].map(([, names = '', from = '']) => ({
    from: resolve(from),
    typeOnly: isTypeOnly(names.trim()),
    names,
  }));
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, from = '']) => ({
    from: resolve(from),
    typeOnly: false,
    names: '',
  }));
  return { path, text, imports: [...imports, ...dynamic] };
}

export const allSources = (): Source[] =>
  globSync('{bin,lib,functions,local,console,test}/**/*.{ts,tsx,mjs}', { cwd: ROOT })
    .filter((path) => !path.includes('node_modules') && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => sourceOf(path, readFileSync(join(ROOT, path), 'utf8')));

/** Tests, and what exists for tests only. */
export const isTest = (path: string): boolean =>
  /^(test|console\/dev)\//.test(path) ||
  /\.(test|contract|test-support)\.[a-z]+$/.test(path) ||
  /^local\/test-[a-z]+\.ts$/.test(path);

/** `functions/agents/skills/read-csv.ts` → `agents` */
export const roomOf = (path: string): string | undefined => /^functions\/([a-z-]+)\//.exec(path)?.[1];
