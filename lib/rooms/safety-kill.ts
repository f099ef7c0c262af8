// What follows a kill until it is contained, the alarm for one that is not, and the way in for Discord's slash commands.

import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { EnvOf } from '../../functions/common/env.ts';
import { ContainmentConfirmed } from '../../functions/objectives/events.ts';
import type * as Env from '../../functions/safety/env.ts';
import { SwarmKilled } from '../../functions/safety/events.ts';
import { announceOn, everyMinutes, listenTo } from '../platform/event-bus.ts';
import type { Served } from '../platform/http-api.ts';
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

/** Its own function, because nobody's token stands before it: it may press kill and veto, and read nothing of other rooms. */
export function serveDiscord(room: Safety): Served {
  const serve = new RoomFunction(room, 'serve-discord', {
    environment: {
      SAFETY_TABLE: room.table.tableName,
      EVENT_BUS: room.platform.bus.eventBusName,
    } satisfies EnvOf<typeof Env.ServeDiscordEnv>,
    timeoutSeconds: 10,
    impact: 'Nobody can stop the swarm from Discord; API, command line and console still do.',
  });
  room.table.allowReadWrite(serve);
  announceOn(room.platform.bus, serve);
  return { by: serve, paths: [], openPaths: ['/api/v1/discord/interactions'] };
}
