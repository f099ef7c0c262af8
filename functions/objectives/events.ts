// What the room of objectives announces.
import * as z from 'zod';
import { AgentCall } from '../common/agent-call.ts';
import { defineEvent } from '../common/define-event.ts';
import { ContainmentReport } from '../safety/events.ts';

/** A task is given to an agent: `functionName` is the built-in function of config/agents.yaml that is to run it. */
export const TaskDispatched = defineEvent(
  'objectives.TaskDispatched',
  z.object({ functionName: z.string(), call: AgentCall }),
);

/** What this room has stopped for a kill. */
export const ContainmentConfirmed = defineEvent('objectives.ContainmentConfirmed', ContainmentReport);
