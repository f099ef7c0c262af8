// Registers declared agents: the ones of the configuration at bootstrap, and one that joins from outside.
import { createHash } from 'node:crypto';
import type { Announce } from '../common/announce.ts';
import type { AgentRecord, Agents } from './agents.store.ts';
import type { AgentDeclaration } from './declaration.ts';
import { AgentRegistered } from './events.ts';

export type RegisterDeps = { agents: Agents; now: () => Date };
export type JoinDeps = RegisterDeps & { newCredential: () => string; announce: Announce };

const CREDENTIAL_DAYS = 90;

/** A built-in agent without its function is a fault of the deployment; nothing is registered then. */
export class MissingAgentFunction extends Error {
  override name = 'MissingAgentFunction';
}

/** All agents of the configuration or none. Doing it again changes nothing but what was declared anew. */
export async function registerDeclared(
  declared: readonly AgentDeclaration[],
  functions: Readonly<Record<string, string>>,
  { agents, now }: RegisterDeps,
): Promise<{ agents: { agentId: string }[] }> {
  const records = declared.map((agent) => recordFor(agent, functions, now()));
  await agents.register(records, 'bootstrap');
  return { agents: records.map(({ agentId }) => ({ agentId })) };
}

function recordFor(agent: AgentDeclaration, functions: Readonly<Record<string, string>>, now: Date): AgentRecord {
  const functionName = agent.function === undefined ? undefined : functions[agent.function];
  if (agent.transport === 'builtin' && !functionName) {
    throw new MissingAgentFunction(`Agent ${agent.id} names the function ${agent.function}, which is not deployed`);
  }
  return {
    ...agent,
    agentId: agent.id,
    status: 'registered',
    registeredAt: now.toISOString(),
    ...(functionName ? { functionName } : {}),
  };
}

export const digestOf = (credential: string): string => createHash('sha256').update(credential).digest('hex');

/**
 * An agent from outside gets a credential of its own, shown once and kept as a digest. It counts as ready with its first
 * heartbeat, and may come in from when the event has reached the room that knows principals. Answers nothing when the id
 * is taken.
 */
export async function registerFromOutside(
  agent: AgentDeclaration,
  by: string,
  { agents, now, newCredential, announce }: JoinDeps,
): Promise<{ record: AgentRecord; credential: string } | undefined> {
  const known = await agents.get(agent.id);
  if (known || agent.transport === 'builtin') return undefined;
  const credential = newCredential();
  const credentialDigest = digestOf(credential);
  const record = { ...recordFor(agent, {}, now()), credentialDigest };
  const { agentId, title, registeredAt: at } = record;
  const expiresAt = new Date(Date.parse(at) + CREDENTIAL_DAYS * 86_400_000).toISOString();
  // First the event: when the bus takes nothing, nobody is registered, and the request can be made again.
  await announce(AgentRegistered, { agentId, title, credentialDigest, expiresAt, by, at });
  await agents.register([record], by);
  return { record, credential };
}
