// A decomposition pattern: which objectives it fits, which data it needs, and the task graph it becomes.
import * as z from 'zod';
import { PlanTask } from './plan.ts';

const Word = z
  .string()
  .max(60)
  .regex(/^[\p{Ll}\p{N}]+( [\p{Ll}\p{N}]+)*$/u, 'words in lower case, separated by single blanks');
const NeedName = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9-]*$/, 'a name in lower case');

/** Data that the pattern cannot do without; `likes` are words of input names and column names that speak for it. */
export const PatternNeed = z.strictObject({
  name: NeedName,
  mediaTypes: z.array(z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/)).min(1),
  likes: z.array(Word).max(50).default([]),
});
export type PatternNeed = z.infer<typeof PatternNeed>;

/** `{inputs.feedback}` stands for the name of the input bound to that need, `{objective.text}` for the objective. */
const placeholder = /\{([a-z]+\.[\w-]+)\}/g;

export const Pattern = z
  .strictObject({
    name: NeedName,
    title: z.string().trim().min(1).max(100),
    fits: z.strictObject({ words: z.array(Word).max(100).default([]), phrases: z.array(Word).max(100).default([]) }),
    needs: z.array(PatternNeed).max(5).default([]),
    plan: z.array(PlanTask).min(1).max(100),
  })
  .superRefine(({ plan, needs }, context) => {
    const known = ['objective.text', ...needs.map(({ name }) => `inputs.${name}`)];
    plan.forEach(({ title, parameters }, index) => {
      const unknown = placeholdersIn([title, parameters]).find((name) => !known.includes(name));
      const message = `placeholders among {${known.join('}, {')}}, not {${unknown}}`;
      if (unknown !== undefined) context.addIssue({ code: 'custom', path: ['plan', index], message });
    });
  });
export type Pattern = z.infer<typeof Pattern>;

/** The same value with every placeholder in its texts replaced, once: what is put in is not looked at again. */
export function filled<Value>(value: Value, values: ReadonlyMap<string, string>): Value {
  if (typeof value === 'string') return value.replace(placeholder, (all, name) => values.get(name) ?? all) as Value;
  if (Array.isArray(value)) return value.map((one) => filled(one, values)) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, values)])) as Value;
}

function placeholdersIn(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(placeholder)].map(([, name]) => name!);
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(placeholdersIn) : [];
}
