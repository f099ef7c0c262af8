// An objective in a file: read it, check it as the server will, and say of every fault in which line it is.
import { readFileSync, statSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { type FieldProblem, problemsOf } from '../../functions/common/problem.ts';
import { ObjectiveFile } from '../../functions/objectives/objective.ts';
import { BadInput, faultText } from './failure.ts';

const fileBytesMax = 1024 * 1024;

export type ReadObjective = {
  file: string;
  objective: ObjectiveFile;
  /** the faults as lines `file:12: impact: expected …`, to word what the server refuses */
  faultLines(faults: readonly FieldProblem[]): string[];
};

/** Throws BadInput that names the file, and line and column where there is one. JSON is read as the YAML it is. */
export function readObjectiveFile(file: string): ReadObjective {
  const lines = new LineCounter();
  const document = parseDocument(readTextFile(file), { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return `${file}:${line}:${col}: ${error.message}`;
  });
  if (syntax.length > 0) throw new BadInput(`${file} is not valid YAML or JSON`, syntax);
  const faultLines = (faults: readonly FieldProblem[]) =>
    faults.map((fault) => {
      const line = lineOf(document, lines, fault.path);
      return `${file}${line ? `:${line}` : ''}: ${faultText(fault)}`;
    });
  const value = contentOf(file, () => document.toJS({ maxAliasCount: 100 }));
  const parsed = ObjectiveFile.safeParse(value);
  if (!parsed.success)
    throw new BadInput(`${file} is no objective`, faultLines(problemsIn(parsed.error.issues, value)));
  return { file, objective: parsed.data, faultLines };
}

const problemsIn = (issues: Parameters<typeof problemsOf>[0], value: unknown): FieldProblem[] =>
  problemsOf(issues, value).map((fault) => (fault.path === '' ? { ...fault, path: '(whole file)' } : fault));

/** A UTF-8 file of at most 1 MB. Throws BadInput that names it and says why it could not be read. */
export function readTextFile(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > fileBytesMax) throw new BadInput(`${file} has ${size} bytes; such a file has at most 1 MB`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`${file} cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

/** Why a file could not be read, for people. */
export function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such file';
  if (error.code === 'EISDIR') return 'it is a folder';
  if (error.code === 'EACCES') return 'its permissions do not allow it';
  if (error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text';
  return error.message;
}

function contentOf(file: string, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw new BadInput(`${file} cannot be read: ${(error as Error).message}`);
  }
}

type Positioned = { range?: [number, number, number] | null };

// The line of the deepest part of `tasks[2].dependsOn[0]` that the file has.
function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: string): number | undefined {
  const keys = [...path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) =>
    index === undefined ? (quoted ?? name ?? '') : Number(index),
  );
  for (let depth = keys.length; depth > 0; depth--) {
    const node = document.getIn(keys.slice(0, depth), true) as Positioned | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}
