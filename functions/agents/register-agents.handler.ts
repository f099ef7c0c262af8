// The first state of bootstrap-swarm: all agents of config/agents.yaml are registered, or none.
import * as z from 'zod';
import { Capabilities } from '../common/capability.ts';
import { readConfig } from '../common/config.ts';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { agentsIn } from './agents.store.ts';
import { agentDeclarations } from './declaration.ts';
import { RegisterAgentsEnv } from './env.ts';
import { registerDeclared } from './register-agents.ts';

const { AGENTS_TABLE, AGENT_FUNCTIONS } = readEnv(RegisterAgentsEnv);
const deps = { agents: agentsIn(openTables(), AGENTS_TABLE), now: () => new Date() };

export const handler = lambda(z.unknown(), () => {
  const known = readConfig('capabilities.yaml', Capabilities).map(({ name }) => name);
  return registerDeclared(readConfig('agents.yaml', agentDeclarations(known)), AGENT_FUNCTIONS, deps);
});
