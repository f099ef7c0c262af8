// The agents' part of the status: how many there are of which state.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { agentsIn } from './agents.store.ts';
import { SummarizeAgentsEnv } from './env.ts';

const agents = agentsIn(openTables(), readEnv(SummarizeAgentsEnv).AGENTS_TABLE);

export const handler = lambda(z.unknown(), async () => {
  const { items } = await agents.list({ limit: 1_000 });
  const count = (status: string) => items.filter((agent) => agent.status === status).length;
  return { healthy: count('ready'), lost: count('lost'), registered: count('registered') };
});
