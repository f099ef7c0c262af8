// Once a minute, and when the gate lets something go on: moves what no other event will move any more.
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { EffectCleared, EffectOverdue, EffectRefused, SwarmResumed } from '../safety/events.ts';
import { DispatchTasksEnv } from './env.ts';
import { dispatchDeps } from './execution-deps.ts';
import { effectCleared, effectOverdue, effectRefused } from './held-tasks.ts';
import { planningOn } from './planning-runs.client.ts';
import { sweepObjectives } from './sweep-objectives.ts';

const env = readEnv(DispatchTasksEnv);
const deps = { ...dispatchDeps(env), startPlanning: planningOn(env.DECOMPOSE_MACHINE_ARN, new SFNClient()) };
const Event = z.looseObject({ 'detail-type': z.string().optional(), detail: z.unknown() });

export const handler = lambda(Event, async ({ 'detail-type': type, detail }, { awsRequestId }) => {
  const cause = `sweep#${awsRequestId}`;
  if (type === EffectCleared.detailType) return effectCleared(EffectCleared.schema.parse(detail), cause, deps);
  if (type === EffectRefused.detailType) return effectRefused(EffectRefused.schema.parse(detail), deps);
  if (type === EffectOverdue.detailType) return effectOverdue(EffectOverdue.schema.parse(detail), deps);
  const after = type === SwarmResumed.detailType ? 'resume' : 'time';
  const report = await sweepObjectives(cause, deps, after);
  if (report.looked > 0) logger.info('swept', { report });
  return report;
});
