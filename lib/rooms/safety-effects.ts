// What follows the effects: news for those who wait, the records of stages, and how agents behave.
import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/safety/env.ts';
import { announceOn, everyMinutes } from '../platform/event-bus.ts';
import { RoomAlarm } from '../platform/room-alarm.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { feed } from '../platform/room-stream.ts';
import type { Safety } from './safety.ts';

/** An agent that runs away is to be paused within ten seconds. */
const LATE_MS = 10_000;

/** What is cleared and done at once is no news, but it is how agents behave. */
export function followEffects(room: Safety): void {
  const follow = new RoomFunction(room, 'follow-effects', {
    environment: {
      SAFETY_TABLE: room.table.tableName,
      EVENT_BUS: room.platform.bus.eventBusName,
    } satisfies EnvOf<typeof Env.FollowEffectsEnv>,
    asynchronousRetries: 1,
    impact:
      'Nobody is asked about held effects, stuck ones stay so, no stage moves, and no agent that runs away is paused.',
  });
  announceOn(room.platform.bus, follow);
  // Pausing an agent is a kill of its part: that reads what is in flight and what is stopped already.
  room.table.allowRead(follow);
  room.table.allowOnly(['PutItem', 'UpdateItem'], follow);
  follow.may(['dynamodb:Query'], [`${room.table.tableArn}/index/open`]);
  feed(follow, room.table, {
    filters: [{ dynamodb: { Keys: { sk: { S: ['effect'] } } } }],
    // Many records a call: a busy swarm makes thousands a second, and nobody who waits for one minds a second more.
    batchSizeMax: 500,
    windowSeconds: 1,
    onFailure: 'isolate',
  });
  everyMinutes(1, follow);
  new RoomAlarm(room, 'FollowEffectsLate', {
    metric: follow.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: Duration.minutes(1) }),
    threshold: LATE_MS,
    evaluationPeriods: 3,
    impact: 'People are asked late, stages move late, and an agent that runs away is paused late.',
    runbook: 'effects-are-followed-late',
  });
}
