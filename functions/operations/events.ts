// What the room operations announces.
import * as z from 'zod';
import { defineEvent } from '../common/define-event.ts';

/** Once a day for each credential and urgency. `name` is of the catalogue, or `principal:prn_…` for somebody's token. */
export const CredentialExpiring = defineEvent(
  'operations.CredentialExpiring',
  z.object({
    name: z.string(),
    urgency: z.enum(['expiring', 'overdue', 'expired', 'refused']),
    endsAt: z.iso.datetime().nullable(),
    reason: z.string(),
    at: z.iso.datetime(),
  }),
);

/** What people were told of is over. */
export const CredentialRenewed = defineEvent(
  'operations.CredentialRenewed',
  z.object({ name: z.string(), at: z.iso.datetime() }),
);
