// For each agent of bootstrap-swarm: the handshake.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { announceOn } from '../common/announce.ts';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { agentsIn } from './agents.store.ts';
import { GreetAgentEnv } from './env.ts';
import { greetAgent } from './greet-agent.ts';

const { AGENTS_TABLE, EVENT_BUS } = readEnv(GreetAgentEnv);
const functions = new LambdaClient();
const deps = {
  agents: agentsIn(openTables(), AGENTS_TABLE),
  announce: announceOn(EVENT_BUS, new EventBridgeClient()),
  now: () => new Date(),
  call: async (functionName: string, payload: object) => {
    const { Payload } = await functions.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(payload) }),
    );
    return JSON.parse(Payload?.transformToString() || 'null') as unknown;
  },
};

export const handler = lambda(z.object({ agentId: z.string() }), ({ agentId }) => greetAgent(agentId, deps));
