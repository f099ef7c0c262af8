// From the bus: effects that are held for votes or a person. Once a minute: decisions that nobody ended.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { decisionDeps } from './decision-deps.ts';
import { WeighDecisionsEnv } from './env.ts';
import { EffectHeld } from './events.ts';
import { openDecision } from './open-decision.ts';
import { sweepDecisions } from './sweep-decisions.ts';

const deps = decisionDeps(readEnv(WeighDecisionsEnv));
const Held = z.object({ 'detail-type': z.literal(EffectHeld.detailType), detail: EffectHeld.schema });

export const handler = lambda(z.unknown(), async (event) => {
  const held = Held.safeParse(event);
  if (held.success) return openDecision(held.data.detail.effectId, deps);
  const report = await sweepDecisions(deps);
  if (report.looked > 0) logger.info('swept decisions', { report });
  return report;
});
