// The handshake with a built-in agent: it is called, says what it can do, and is ready when that covers what was declared.

import { AgentPong } from '../common/agent-call.ts';
import type { Announce } from '../common/announce.ts';
import type { Agents } from './agents.store.ts';
import { AgentLost, AgentReady } from './events.ts';

export type GreetDeps = {
  agents: Agents;
  announce: Announce;
  call(functionName: string, payload: object): Promise<unknown>;
  now: () => Date;
};
export type Greeting = { agentId: string; status: 'ready' | 'registered' | 'lost'; reason: string };

/** Agents from outside are not called: their first heartbeat is their greeting. */
export async function greetAgent(agentId: string, deps: GreetDeps): Promise<Greeting> {
  const agent = await deps.agents.get(agentId);
  if (!agent) return { agentId, status: 'lost', reason: 'not registered' };
  if (!agent.functionName || !agent.function)
    return { agentId, status: agent.status, reason: 'waits for its first heartbeat' };
  const answer = AgentPong.safeParse(await deps.call(agent.functionName, { ping: true, agentId }));
  const lacking = answer.success ? agent.capabilities.filter((name) => !answer.data.capabilities.includes(name)) : [];
  const at = deps.now().toISOString();
  if (!answer.success || lacking.length > 0) {
    const reason = answer.success
      ? `declared but not able to: ${lacking.join(', ')}`
      : 'its answer to the greeting is none';
    await deps.agents.seen(agentId, 'lost', at, undefined, reason);
    await deps.announce(AgentLost, { agentId, reason, at });
    return { agentId, status: 'lost', reason };
  }
  await deps.agents.seen(agentId, 'ready', at, answer.data.version, 'READY');
  const { capabilities, concurrency } = agent;
  await deps.announce(AgentReady, { agentId, functionName: agent.function, capabilities, concurrency, at });
  return { agentId, status: 'ready', reason: 'READY' };
}
