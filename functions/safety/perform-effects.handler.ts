// Performs effects that were asked for, undoes them, looks up what nobody knows, and drills the undoing every night.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { announceOn } from '../common/announce.ts';
import { readEnv } from '../common/env.ts';
import { lambda, logger } from '../common/lambda.ts';
import { openTables } from '../common/table-open.ts';
import { type AnswerDeps, answerEvent, PerformerEvent } from './answer-events.ts';
import { PerformEffectsEnv } from './env.ts';
import { actionCatalogue, openGate } from './gate-deps.ts';
import { refuseHeld } from './holds.ts';
import { readWaitingFor } from './open-effects.ts';
import { performerDeps } from './performer-deps.ts';

const { SAFETY_TABLE, EVENT_BUS, SNAPSHOT_BUCKET } = readEnv(PerformEffectsEnv);
const tables = openTables();
const shared = performerDeps(tables, SAFETY_TABLE, SNAPSHOT_BUCKET);
const deps: AnswerDeps = {
  ...shared,
  gate: openGate({ SAFETY_TABLE }),
  announce: announceOn(EVENT_BUS, new EventBridgeClient()),
  catalogue: actionCatalogue(),
  waitingFor: (scope) => readWaitingFor(scope, { tables, table: SAFETY_TABLE }),
  withdraw: (said) => refuseHeld(said, { tables, table: SAFETY_TABLE, now: shared.now }),
};

export const handler = lambda(PerformerEvent, async (event) => {
  const answer = await answerEvent(event, deps);
  logger.info('answered', { event: event['detail-type'], answer });
  return answer;
});
