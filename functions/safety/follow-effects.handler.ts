// From the table's stream: effects that were held, cleared, refused, or of which nobody knows whether they happened.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { announceOn } from '../common/announce.ts';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { FollowEffectsEnv } from './env.ts';
import { followEffects } from './follow-effects.ts';

const { EVENT_BUS } = readEnv(FollowEffectsEnv);
const deps = { announce: announceOn(EVENT_BUS, new EventBridgeClient()) };

export const handler = lambda(z.custom<DynamoDBStreamEvent>(), async ({ Records }) => {
  const told = await followEffects(Records, deps);
  if (told > 0) logger.info('followed', { records: Records.length, told });
});
