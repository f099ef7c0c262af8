// The last state of bootstrap-swarm: puts the first policies in force, and lets the swarm act.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { seedPolicies } from './change-policies.ts';
import { controlDeps } from './control-deps.ts';
import { activateSwarm } from './control-swarm.ts';
import { ActivateSwarmEnv } from './env.ts';
import { configuredPolicies, policyDeps } from './gate-deps.ts';

const env = readEnv(ActivateSwarmEnv);
const deps = { ...controlDeps(env), ...policyDeps(env) };

export const handler = lambda(z.looseObject({ by: z.string().default('bootstrap') }), async ({ by }) => {
  const policies = await seedPolicies(configuredPolicies(), by, deps);
  logger.info('policies', { policies });
  return { ...(await activateSwarm('SWARM_ACTIVE: all parts are in place', by, deps)), policies };
});
