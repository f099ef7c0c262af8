// A kill wants this room contained.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { announceOn } from '../common/announce.ts';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { readFlags } from '../safety/control-flags.ts';
import { ContainmentWanted } from '../safety/events.ts';
import { containObjectives } from './contain-objectives.ts';
import { ContainObjectivesEnv } from './env.ts';
import { settleDeps } from './execution-deps.ts';
import { planningStopOn } from './planning-runs.client.ts';

const env = readEnv(ContainObjectivesEnv);
const base = settleDeps(env);
const deps = {
  ...base,
  flags: () => readFlags(base.tables, env.SAFETY_TABLE),
  stopPlanning: planningStopOn(env.DECOMPOSE_MACHINE_ARN, new SFNClient()),
  announce: announceOn(env.EVENT_BUS, new EventBridgeClient()),
};

export const handler = lambda(z.object({ detail: ContainmentWanted.schema }), async ({ detail }) => {
  const report = await containObjectives(detail, deps);
  logger.info('contained', { killId: detail.killId, round: detail.round, report });
  return report;
});
