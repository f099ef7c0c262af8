// The agent noop. Does nothing, to measure the swarm itself.
import { runAgent } from './agent.ts';
import { noop } from './skills/noop.ts';

export const handler = runAgent({ capabilities: { noop } });
