// The agent noop. Does nothing, to measure the swarm itself.
import { runAgent } from './agent.ts';
import { outcomeQueue, reporting } from './send-outcome.ts';
import { noop } from './skills/noop.ts';

export const handler = reporting(runAgent({ capabilities: { noop } }), outcomeQueue());
