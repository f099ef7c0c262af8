// What other rooms say to the audit.
import * as z from 'zod';
import { defineEvent } from '../common/define-event.ts';

/** Somebody read what not everybody may: the entry in the lane `access` is made of it. */
export const SensitiveRead = defineEvent(
  'audit.SensitiveRead',
  z.strictObject({
    /** what kind of thing: `audit.export`, `policy`, `certificate`, `secret` … */
    what: z.string().min(1).max(60),
    /** which one */
    subject: z.string().min(1).max(200),
    /** the principal who read it */
    by: z.string().min(1).max(200),
    at: z.iso.datetime(),
  }),
);
export type SensitiveRead = z.infer<typeof SensitiveRead.schema>;
