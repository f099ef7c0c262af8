// What the room of agents announces.
import * as z from 'zod';
import { defineEvent } from '../common/define-event.ts';

/** Enough for the objectives' room to allocate without asking back. */
export const AgentReady = defineEvent(
  'agents.AgentReady',
  z.object({
    agentId: z.string(),
    /** the built-in function as config/agents.yaml names it, such as run-noop */
    functionName: z.string(),
    capabilities: z.array(z.string()),
    concurrency: z.int().min(1).optional(),
    at: z.iso.datetime(),
  }),
);
export const AgentLost = defineEvent(
  'agents.AgentLost',
  z.object({ agentId: z.string(), reason: z.string(), at: z.iso.datetime() }),
);
/** An agent from outside got a credential: whoever presents one with this digest is that agent. */
export const AgentRegistered = defineEvent(
  'agents.AgentRegistered',
  z.object({
    agentId: z.string(),
    title: z.string(),
    credentialDigest: z.string().regex(/^[0-9a-f]{64}$/),
    expiresAt: z.iso.datetime(),
    by: z.string(),
    at: z.iso.datetime(),
  }),
);
export const AgentDeregistered = defineEvent(
  'agents.AgentDeregistered',
  z.object({ agentId: z.string(), at: z.iso.datetime() }),
);
