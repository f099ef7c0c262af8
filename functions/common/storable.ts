// What of a value that came from outside no table can hold, so that it is refused with its place before anything is stored.
import type * as z from 'zod';
import { type FieldProblem, pathText, shown } from './problem.ts';

/** A table holds 32 levels; the rest is for what is around the value in its item. */
const LEVELS_MAX = 25;
const NAME_CHARACTERS_MAX = 1_000;
const MAGNITUDE_MAX = 1e126;
const MAGNITUDE_MIN = 1e-130;

type Fault = { path: PropertyKey[]; expected: string; got: unknown };

/** Half of a character is no text: neither tables nor policies can read it. For `refine`. */
export const isWhole = (text: string): boolean => text.isWellFormed();
export const WHOLE = 'text without halves of characters';

export const STORABLE = 'a number that can be stored';
/** Whether a table holds the number as it is. */
export const isStorableNumber = (value: number): boolean =>
  Number.isFinite(value) && Math.abs(value) < MAGNITUDE_MAX && (value === 0 || Math.abs(value) >= MAGNITUDE_MIN);

/** The first thing in the value that cannot be stored, or nothing. */
export function unstorable(value: unknown, root: readonly PropertyKey[] = []): FieldProblem | undefined {
  const fault = faultIn(value, [], 0);
  return fault && { path: pathText([...root, ...fault.path]), expected: fault.expected, got: shown(fault.got) };
}

/** The same for `superRefine` of a schema; what comes after it in the schema may rely on it. */
export function refuseUnstorable(value: unknown, context: z.RefinementCtx): void {
  const fault = faultIn(value, [], 0);
  if (fault) context.addIssue({ code: 'custom', path: fault.path, message: fault.expected, continue: false });
}

const isDeep = (value: unknown, levels = LEVELS_MAX): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeep(member, levels - 1)));

/** For what is stored as text: whoever reads it goes down into it, and must come up again. */
export function refuseDeep(value: unknown, context: z.RefinementCtx): void {
  if (isDeep(value)) context.addIssue({ code: 'custom', message: `at most ${LEVELS_MAX} levels`, continue: false });
}

function faultIn(value: unknown, path: PropertyKey[], level: number): Fault | undefined {
  if (typeof value === 'number' && !isStorableNumber(value)) return { path, expected: STORABLE, got: value };
  if (typeof value === 'string' && !isWhole(value)) return { path, expected: WHOLE, got: value };
  if (typeof value !== 'object' || value === null) return undefined;
  if (level >= LEVELS_MAX) return { path: [], expected: `at most ${LEVELS_MAX} levels`, got: value };
  for (const [name, member] of Object.entries(value)) {
    const fault =
      nameFault(name, path) ?? faultIn(member, [...path, Array.isArray(value) ? Number(name) : name], level + 1);
    if (fault) return fault;
  }
  return undefined;
}

function nameFault(name: string, path: PropertyKey[]): Fault | undefined {
  const isFine = name !== '' && name !== '__proto__' && name.length <= NAME_CHARACTERS_MAX && isWhole(name);
  return isFine ? undefined : { path, expected: 'names that can be stored', got: name };
}
