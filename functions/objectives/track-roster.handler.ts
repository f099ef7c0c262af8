// From the bus: agents that are ready, lost or gone.
import * as z from 'zod';
import { AgentDeregistered, AgentLost, AgentReady } from '../agents/events.ts';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { TrackRosterEnv } from './env.ts';
import { agentGone, agentReady } from './track-roster.ts';

const deps = { tables: openTables(), table: readEnv(TrackRosterEnv).OBJECTIVES_TABLE };
const Announced = z.discriminatedUnion('detail-type', [
  z.object({ 'detail-type': z.literal(AgentReady.detailType), detail: AgentReady.schema }),
  z.object({ 'detail-type': z.literal(AgentLost.detailType), detail: AgentLost.schema }),
  z.object({ 'detail-type': z.literal(AgentDeregistered.detailType), detail: AgentDeregistered.schema }),
]);

export const handler = lambda(Announced, async (event) => {
  if (event['detail-type'] === AgentReady.detailType) return agentReady(event.detail as never, deps);
  const { agentId, at } = event.detail;
  return agentGone(agentId, at, event['detail-type'], deps);
});
