// From the table's stream: news of effects, the records of stages, how agents behave. Once a minute: whose time has come.
import type { DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { factsIn } from './behaviour-facts.ts';
import { countStageFacts } from './count-stage-facts.ts';
import { FollowEffectsEnv } from './env.ts';
import { followDeps } from './follow-deps.ts';
import { followEffects, stagedEffectsIn } from './follow-effects.ts';
import { evaluateStages } from './move-stage.ts';
import { sweepEffects } from './sweep-effects.ts';

const { deps, declared, watch } = followDeps(readEnv(FollowEffectsEnv));

export const handler = lambda(z.custom<DynamoDBStreamEvent | { source: string }>(), async (event) => {
  if (!('Records' in event)) {
    const [swept] = await Promise.all([sweepEffects(deps), evaluateStages(declared, deps), watch([])]);
    return swept;
  }
  const told = await followEffects(event.Records, deps);
  const counted = await countStageFacts(() => stagedEffectsIn(event.Records), deps);
  const anomalies = await watch(factsIn(event.Records));
  if (told + counted + anomalies.length > 0) logger.info('followed', { told, counted, anomalies });
  return undefined;
});
