// The worker's files with their types stripped once per process: left to each thread, that costs 25 ms a start.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

const source = join(import.meta.dirname, 'worker');

/** Writes the worker's modules into `folder` and returns the path of the entry. */
export function writeWorkerFiles(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(source)) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const code = quietly(() => stripTypeScriptTypes(readFileSync(join(source, file), 'utf8')));
    const name = file.replace(/\.ts$/, '.mjs');
    writeFileSync(join(folder, name), code.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.mjs'"));
  }
  return join(folder, 'main.mjs');
}

// Node warns that this function is young; the terminal of a user is not the place for it.
function quietly<T>(fn: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return fn();
  } finally {
    process.emitWarning = emitWarning;
  }
}
