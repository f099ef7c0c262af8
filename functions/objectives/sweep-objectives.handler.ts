// Once a minute, and when the gate or a kill says so: moves, or stops, what no other event will move any more.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { ContainmentWanted, EffectCleared, EffectOverdue, EffectRefused, SwarmResumed } from '../safety/events.ts';
import { containObjectives } from './contain-objectives.ts';
import { DispatchTasksEnv } from './env.ts';
import { sweepDeps } from './execution-deps.ts';
import { effectCleared, effectOverdue, effectRefused } from './held-tasks.ts';
import { sweepObjectives } from './sweep-objectives.ts';
import { tellDeadLetters } from './tell-dead-letters.ts';

const deps = sweepDeps(readEnv(DispatchTasksEnv));
const Event = z.looseObject({ 'detail-type': z.string().optional(), detail: z.unknown() });

export const handler = lambda(Event, async ({ 'detail-type': type, detail }, { awsRequestId }) => {
  const cause = `sweep#${awsRequestId}`;
  if (type === EffectCleared.detailType) return effectCleared(EffectCleared.schema.parse(detail), cause, deps);
  if (type === EffectRefused.detailType) return effectRefused(EffectRefused.schema.parse(detail), deps);
  if (type === EffectOverdue.detailType) return effectOverdue(EffectOverdue.schema.parse(detail), deps);
  if (type === ContainmentWanted.detailType) return containObjectives(ContainmentWanted.schema.parse(detail), deps);
  const after = type === SwarmResumed.detailType ? 'resume' : 'time';
  const report = await sweepObjectives(cause, deps, after);
  if (report.looked > 0) logger.info('swept', { report });
  await tellDeadLetters(deps);
  return report;
});
