// The agent noop. Does nothing, to measure the swarm itself.
import { runAgent } from './agent.ts';
import { outcomeQueue } from './outcome-queue.client.ts';
import { reporting } from './report-outcome.ts';
import { noop } from './skills/noop.ts';

export const handler = reporting(runAgent({ capabilities: { noop } }), outcomeQueue());
