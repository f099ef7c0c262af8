// The agent strategist. Turns findings into actions and says which to take first.
import { runAgent } from './agent.ts';
import { rankActions } from './skills/rank-actions.ts';

export const handler = runAgent({ capabilities: { 'actions.rank': rankActions } });
