// The agent strategist. Turns findings into actions and says which to take first.
import { runAgent } from './agent.ts';
import { outcomeQueue, reporting } from './send-outcome.ts';
import { rankActions } from './skills/rank-actions.ts';

export const handler = reporting(runAgent({ capabilities: { 'actions.rank': rankActions } }), outcomeQueue());
