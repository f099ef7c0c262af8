// Putting held effects to the vote: opened by the news of a hold, ended by votes, by people, or by the clock.
import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/safety/env.ts';
import { EffectHeld, EffectRefused } from '../../functions/safety/events.ts';
import { announceOn, everyMinutes, listenTo } from '../platform/event-bus.ts';
import { RoomAlarm } from '../platform/room-alarm.ts';
import { RoomFunction } from '../platform/room-function.ts';
import type { Safety } from './safety.ts';

export function weighDecisions(room: Safety): void {
  const weigh = new RoomFunction(room, 'weigh-decisions', {
    environment: {
      SAFETY_TABLE: room.table.tableName,
      EVENT_BUS: room.platform.bus.eventBusName,
    } satisfies EnvOf<typeof Env.WeighDecisionsEnv>,
    timeoutSeconds: 60,
    asynchronousRetries: 2,
    impact: 'Effects that need votes or a person stay held: nobody is asked, and what is over time is not ended.',
  });
  room.table.allowReadWrite(weigh);
  announceOn(room.platform.bus, weigh);
  listenTo(room.platform.bus, [EffectHeld, EffectRefused], weigh);
  everyMinutes(1, weigh);
  new RoomAlarm(room, 'DecisionsLeftBehind', {
    metric: new Metric({
      namespace: 'LazyArk',
      metricName: 'DecisionsLeftBehind',
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    }),
    // One may be a passing fault, which the next sweep mends; the same one every minute is not.
    threshold: 4,
    impact:
      'Decisions were made, but what they decided is not carried out: effects stay held, or a veto does not reach one.',
    runbook: 'decisions-are-left-behind',
  });
}
