// The agent strategist. Turns findings into actions and says which to take first.
import { runAgent } from './agent.ts';
import { outcomeQueue } from './outcome-queue.client.ts';
import { reporting } from './report-outcome.ts';
import { rankActions } from './skills/rank-actions.ts';

export const handler = reporting(runAgent({ capabilities: { 'actions.rank': rankActions } }), outcomeQueue());
