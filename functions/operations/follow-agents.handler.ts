// From the bus: agents from outside that registered or left.
import * as z from 'zod';
import { AgentDeregistered, AgentRegistered } from '../agents/events.ts';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { FollowAgentsEnv } from './env.ts';
import { agentRegistered } from './follow-agents.ts';
import { principalsIn } from './principals.store.ts';

const principals = principalsIn(openTables(), readEnv(FollowAgentsEnv).OPERATIONS_TABLE);
const Announced = z.discriminatedUnion('detail-type', [
  z.object({ 'detail-type': z.literal(AgentRegistered.detailType), detail: AgentRegistered.schema }),
  z.object({ 'detail-type': z.literal(AgentDeregistered.detailType), detail: AgentDeregistered.schema }),
]);

export const handler = lambda(Announced, async (event) => {
  if (event['detail-type'] === AgentRegistered.detailType) return agentRegistered(event.detail as never, principals);
  await principals.agentLeft(event.detail.agentId, event.detail.at);
});
