// A message that has a page of tasks looked at again later.
import * as z from 'zod';

export const Reminder = z.object({
  objectiveId: z.string(),
  page: z.int().min(0),
  /** what caused the starts that a failed dispatch may have begun, by task: the same causes find their own marks */
  causes: z.record(z.string(), z.array(z.string())).optional(),
  /** what the first message of several was called, and how many there were */
  cause: z.string().optional(),
  tries: z.int().min(0).optional(),
});
export type Reminder = z.infer<typeof Reminder>;

export type RemindIn = (delayMs: number, reminder: Reminder) => Promise<void>;
