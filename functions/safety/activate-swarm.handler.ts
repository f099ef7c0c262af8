// The last state of bootstrap-swarm: lets the swarm act.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda } from '../common/lambda.ts';
import { controlDeps } from './control-deps.ts';
import { activateSwarm } from './control-swarm.ts';
import { ActivateSwarmEnv } from './env.ts';

const deps = controlDeps(readEnv(ActivateSwarmEnv));

export const handler = lambda(z.looseObject({ by: z.string().default('bootstrap') }), ({ by }) =>
  activateSwarm('SWARM_ACTIVE: all parts are in place', by, deps),
);
