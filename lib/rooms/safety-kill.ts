// What follows a kill until it is contained, and the alarm for one that is not.

import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { EnvOf } from '../../functions/common/env.ts';
import { ContainmentConfirmed } from '../../functions/objectives/events.ts';
import type * as Env from '../../functions/safety/env.ts';
import { SwarmKilled } from '../../functions/safety/events.ts';
import { announceOn, everyMinutes, listenTo } from '../platform/event-bus.ts';
import { RoomAlarm } from '../platform/room-alarm.ts';
import { RoomFunction } from '../platform/room-function.ts';
import type { Safety } from './safety.ts';

export function containSwarm(room: Safety): void {
  const { bus, signingKey } = room.platform;
  const contain = new RoomFunction(room, 'contain-swarm', {
    environment: {
      SAFETY_TABLE: room.table.tableName,
      EVENT_BUS: bus.eventBusName,
      SIGNING_KEY: signingKey.keyArn,
    } satisfies EnvOf<typeof Env.ContainSwarmEnv>,
    timeoutSeconds: 60,
    asynchronousRetries: 2,
    impact: 'A kill refuses new effects, but nobody asks the rooms to stop what runs, and no certificate is written.',
  });
  room.table.allowReadWrite(contain);
  announceOn(bus, contain);
  signingKey.allowSign(contain);
  listenTo(bus, [SwarmKilled, ContainmentConfirmed], contain);
  everyMinutes(1, contain);
  new RoomAlarm(room, 'KillNotContained', {
    metric: new Metric({
      namespace: 'LazyArk',
      metricName: 'KillsNotContained',
      statistic: Stats.MAXIMUM,
      period: Duration.minutes(1),
    }),
    threshold: 1,
    impact: 'A kill is not contained after 60 seconds: something it should have stopped may still be at work.',
    runbook: 'a-kill-is-not-contained',
  });
}
