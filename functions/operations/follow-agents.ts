// Keeps the principals of agents from outside as the room of agents announces them.

import type * as z from 'zod';
import type { AgentRegistered } from '../agents/events.ts';
import type { Principals } from './principals.store.ts';

/** The digest is all that is told of a credential; the agent's id is its principal's. */
export async function agentRegistered(
  { agentId, title, credentialDigest: digest, expiresAt, by, at }: z.infer<typeof AgentRegistered.schema>,
  principals: Pick<Principals, 'agentJoined'>,
): Promise<void> {
  const record = { principalId: agentId, title, roles: ['agent' as const], digest, expiresAt, createdAt: at };
  await principals.agentJoined({ ...record, createdBy: by }, by);
}
