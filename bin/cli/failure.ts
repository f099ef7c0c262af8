// How a command ends when it does not end well: 2 = the caller can change the input, 1 = everything else.
import { CommanderError } from 'commander';
import type { FieldProblem } from '../../functions/common/problem.ts';
import { harmless } from './terminal.ts';

/** Bad usage or input; nothing was changed. `details` are further lines, one per fault. */
export class BadInput extends Error {
  override name = 'BadInput';
  readonly details: readonly string[];
  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.details = details;
  }
}

/** The work was tried and did not succeed. An empty message means that everything has been said already. */
export class CommandFailed extends Error {
  override name = 'CommandFailed';
}

export type Problem = { code: string; title?: string; detail?: string; errors?: FieldProblem[] };

/** The API answered, and the answer is no. */
export class ApiRefused extends Error {
  override name = 'ApiRefused';
  readonly status: number;
  readonly problem: Problem;
  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.status = status;
    this.problem = problem;
  }
}

const HINTS: Record<number, string> = {
  401: 'The token is missing or wrong: give --token, LAZYARK_TOKEN, or --data <folder of a running runtime>.',
  403: 'This token does not allow that.',
};

/** 0 done (help, version), 1 failed, 2 bad usage or input. A throttled or late request is nobody's bad input. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof BadInput) return 2;
  if (error instanceof ApiRefused) return error.status < 500 && ![408, 429].includes(error.status) ? 2 : 1;
  return 1;
}

/** The lines that tell a person what went wrong. Commander has printed its own already. */
export function failureLines(error: unknown): string[] {
  if (error instanceof CommanderError) return [];
  if (error instanceof BadInput) return [error.message, ...error.details.map((detail) => `  ${detail}`)].map(harmless);
  if (error instanceof ApiRefused) return refusalLines(error).map(harmless);
  if (error instanceof CommandFailed) return error.message ? [harmless(error.message)] : [];
  return [harmless(error instanceof Error ? (error.stack ?? error.message) : String(error))];
}

function refusalLines({ status, problem, message }: ApiRefused): string[] {
  const hint = HINTS[status];
  return [`${message} (${status} ${problem.code})`, ...faultLines(problem.errors ?? []), ...(hint ? [hint] : [])];
}

/** One line per field: where, what was expected, what was there. */
const faultLines = (faults: readonly FieldProblem[]): string[] => faults.map((fault) => `  ${faultText(fault)}`);

export const faultText = ({ path, expected, got }: FieldProblem): string =>
  `${path}: expected ${expected}${got === undefined ? '' : `, got ${got}`}`;
