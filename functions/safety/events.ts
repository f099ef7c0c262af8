// What the room of safety announces.
import * as z from 'zod';
import { defineEvent } from '../common/define-event.ts';

const said = z.object({ by: z.string(), reason: z.string(), at: z.iso.datetime() });

export const SwarmActivated = defineEvent('safety.SwarmActivated', said);
export const SwarmKilled = defineEvent('safety.SwarmKilled', said);
export const SwarmResumed = defineEvent('safety.SwarmResumed', said);
