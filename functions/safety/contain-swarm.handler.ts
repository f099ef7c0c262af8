// A kill was pressed, a room has confirmed its part, or a minute has passed.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { ContainmentConfirmed } from '../objectives/events.ts';
import { containDeps } from './contain-deps.ts';
import { beginContainment, confirmContainment } from './contain-swarm.ts';
import { ContainSwarmEnv } from './env.ts';
import { SwarmKilled } from './events.ts';
import { overdueMetric, watchKills } from './watch-kills.ts';

const deps = containDeps(readEnv(ContainSwarmEnv));
const Occasion = z.looseObject({ 'detail-type': z.string().optional(), detail: z.unknown() });

export const handler = lambda(Occasion, async ({ 'detail-type': type, detail }) => {
  if (type === SwarmKilled.detailType) return beginContainment(SwarmKilled.schema.parse(detail).killId, deps);
  if (type === ContainmentConfirmed.detailType)
    return confirmContainment(ContainmentConfirmed.schema.parse(detail), deps);
  const watch = await watchKills(deps);
  if (watch.containing > 0) logger.warn('kills are not contained yet', overdueMetric(watch, deps.now()));
  return undefined;
});
