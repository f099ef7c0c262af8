// From the bus: effects that are held for votes or a person, or refused meanwhile. Once a minute: decisions nobody ended.
import * as z from 'zod';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { closeRefused } from './close-refused.ts';
import { decisionDeps } from './decision-deps.ts';
import { WeighDecisionsEnv } from './env.ts';
import { EffectHeld, EffectRefused } from './events.ts';
import { openDecision } from './open-decision.ts';
import { sweepDecisions } from './sweep-decisions.ts';

const deps = decisionDeps(readEnv(WeighDecisionsEnv));
const News = z.discriminatedUnion('detail-type', [
  z.object({ 'detail-type': z.literal(EffectHeld.detailType), detail: EffectHeld.schema }),
  z.object({ 'detail-type': z.literal(EffectRefused.detailType), detail: EffectRefused.schema }),
]);

export const handler = lambda(z.unknown(), async (event) => {
  const { data: news } = News.safeParse(event);
  if (news?.['detail-type'] === EffectHeld.detailType) return openDecision(news.detail.effectId, deps);
  if (news) return closeRefused(news.detail, deps);
  const report = await sweepDecisions(deps);
  if (report.looked > 0) logger.info('swept decisions', { report });
  return report;
});
