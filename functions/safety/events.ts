// What the room of safety announces.
import * as z from 'zod';
import { defineEvent } from '../common/define-event.ts';

const said = z.object({ by: z.string(), reason: z.string(), at: z.iso.datetime() });
const name = z.string().min(1).max(100);
const KillScope = z.union([
  z.literal('everything'),
  z.strictObject({ room: name }),
  z.strictObject({ agentId: name }),
  z.strictObject({ objectiveId: name }),
]);
const aboutScope = said.extend({ scope: KillScope });

export const SwarmActivated = defineEvent('safety.SwarmActivated', said);
export const SwarmKilled = defineEvent('safety.SwarmKilled', aboutScope);
export const SwarmResumed = defineEvent('safety.SwarmResumed', aboutScope);
