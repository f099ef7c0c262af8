// Reads a function's environment once, by a schema that the construct in lib/ is compared with at compile time.
import * as z from 'zod';

/** The variables a construct has to set so that `schema` is satisfied; numbers and flags travel as text. */
export type EnvOf<Schema extends z.ZodObject> = { [Name in keyof z.input<Schema>]: string };

/** The parsed environment. Throws one sentence that names each missing or malformed variable. */
export function readEnv<Schema extends z.ZodObject>(schema: Schema, source = process.env): z.output<Schema> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Error(`The function's environment is not as declared: ${faults}`);
}

export const TableName = z.string().min(1);
