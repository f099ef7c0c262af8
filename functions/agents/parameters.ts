// A task's parameters as a skill wants them: checked once more, so that an agent never trusts its caller.
import * as z from 'zod';
import { PermanentTaskError } from './errors.ts';

/** The parsed parameters. Throws PermanentTaskError that names each wrong one. */
export function parametersOf<Schema extends z.ZodType>(schema: Schema, parameters: unknown): z.output<Schema> {
  const parsed = schema.safeParse(parameters);
  if (parsed.success) return parsed.data;
  throw new PermanentTaskError(`The parameters do not fit: ${z.prettifyError(parsed.error)}`);
}
