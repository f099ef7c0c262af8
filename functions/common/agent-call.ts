// What the swarm says to an agent and what the agent answers. Two rooms speak it: objectives asks, agents answers.
import * as z from 'zod';

export const AgentInput = z.object({
  name: z.string(),
  mediaType: z.string(),
  content: z.string().optional(),
  /** a presigned GET; the agent has no permissions of its own */
  url: z.url().optional(),
});
export type AgentInput = z.infer<typeof AgentInput>;

export const AgentCall = z.object({
  taskId: z.string().min(1),
  /** this attempt's token; an answer without it is refused */
  fence: z.string().min(1),
  agentId: z.string().min(1),
  attempt: z.int().min(1),
  startedAt: z.iso.datetime(),
  capability: z.string().min(1),
  title: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  objective: z.object({ objectiveId: z.string(), text: z.string() }),
  inputs: z.array(AgentInput),
  /** by the id that the plan gave the task */
  dependencies: z.record(z.string(), z.object({ title: z.string(), result: z.unknown() })),
  deadlineAt: z.iso.datetime(),
  checkpoint: z.unknown().optional(),
});
export type AgentCall = z.infer<typeof AgentCall>;

/** What of a call comes back with its outcome, whoever reports it. */
export const AttemptRef = AgentCall.pick({ taskId: true, fence: true, agentId: true, attempt: true, startedAt: true });
export type AttemptRef = z.infer<typeof AttemptRef>;

export const AgentAnswer = z.object({ taskId: z.string(), fence: z.string(), result: z.unknown() });
export type AgentAnswer = z.infer<typeof AgentAnswer>;

export const AgentPing = z.object({ ping: z.literal(true), agentId: z.string().min(1) });
export type AgentPing = z.infer<typeof AgentPing>;

export const AgentPong = z.object({
  agentId: z.string(),
  status: z.literal('READY'),
  capabilities: z.array(z.string()),
  version: z.string(),
});
export type AgentPong = z.infer<typeof AgentPong>;
