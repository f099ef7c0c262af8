// How the tasks of a planned objective get done: dispatched when ready, settled when answered, swept when silent.
import { AgentDeregistered, AgentLost, AgentReady } from '../../functions/agents/events.ts';
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/objectives/env.ts';
import {
  ContainmentWanted,
  EffectCleared,
  EffectOverdue,
  EffectRefused,
  SwarmResumed,
} from '../../functions/safety/events.ts';
import { announceOn, everyMinutes, listenTo } from '../platform/event-bus.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { feed } from '../platform/room-stream.ts';
import type { Agents } from './agents.ts';
import type { Objectives } from './objectives.ts';
import type { Safety } from './safety.ts';

type Neighbours = { safety: Safety; agents: Agents };

export function carryOutTasks(room: Objectives, { safety, agents }: Neighbours): void {
  const environment = {
    OBJECTIVES_TABLE: room.table.tableName,
    SAFETY_TABLE: safety.table.tableName,
    ARTIFACT_BUCKET: room.artifacts.bucketName,
    TIMER_QUEUE_URL: room.timers.queueUrl,
    EVENT_BUS: room.platform.bus.eventBusName,
    DECOMPOSE_MACHINE_ARN: room.decompose.stateMachineArn,
  } satisfies EnvOf<typeof Env.DispatchTasksEnv>;
  const dispatch = new RoomFunction(room, 'dispatch-tasks', {
    environment,
    impact: 'Objectives stay queued and ready tasks wait until the sweep or a retry gets through.',
  });
  const sweep = new RoomFunction(room, 'sweep-objectives', {
    environment,
    timeoutSeconds: 60,
    asynchronousRetries: 1,
    impact: 'Objectives whose agent fell silent are not picked up again, and a kill does not take running tasks back.',
  });
  for (const fn of [dispatch, sweep]) {
    room.table.allowReadWrite(fn);
    room.decompose.allowStart(fn);
    safety.table.allowOnly(['GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'], fn);
    room.artifacts.allowGet(fn);
    room.timers.allowSend(fn);
    announceOn(room.platform.bus, fn);
  }
  feed(dispatch, room.table, {
    filters: [
      { dynamodb: { Keys: { sk: { S: [{ prefix: 'graph#' }] } }, NewImage: { status: { S: ['running'] } } } },
      {
        eventName: ['INSERT'],
        dynamodb: { Keys: { sk: { S: ['graph#00'] } }, NewImage: { status: { S: ['queued'] } } },
      },
      { dynamodb: { Keys: { pk: { S: [{ prefix: 'resource#' }] } } } },
      { dynamodb: { Keys: { pk: { S: ['roster'] } } } },
    ],
    batchSizeMax: 100,
    parallelBatches: 2,
    onFailure: 'isolate',
  });
  room.timers.feed(dispatch);
  room.decompose.allowStop(sweep);
  everyMinutes(1, sweep);
  listenTo(room.platform.bus, [ContainmentWanted, SwarmResumed, EffectCleared, EffectRefused, EffectOverdue], sweep);
  settleTasks(room, { safety, agents });
}

function settleTasks(room: Objectives, { safety, agents }: Neighbours): void {
  const settle = new RoomFunction(room, 'settle-task', {
    environment: {
      OBJECTIVES_TABLE: room.table.tableName,
      SAFETY_TABLE: safety.table.tableName,
      TIMER_QUEUE_URL: room.timers.queueUrl,
    } satisfies EnvOf<typeof Env.SettleTaskEnv>,
    impact: 'Results of agents are not taken in: tasks look unfinished although their work is done.',
  });
  room.table.allowReadWrite(settle);
  safety.table.allowOnly(['GetItem', 'UpdateItem'], settle);
  room.timers.allowSend(settle);
  agents.outcomes.feed(settle);
}

/** The room's own copy of who there is, so that allocation reads no other room's table. */
export function trackRoster(room: Objectives): void {
  const track = new RoomFunction(room, 'track-roster', {
    environment: { OBJECTIVES_TABLE: room.table.tableName } satisfies EnvOf<typeof Env.TrackRosterEnv>,
    asynchronousRetries: 2,
    impact: 'Agents that joined get no work, and agents that left are still given some.',
  });
  room.table.allowWrite(track);
  listenTo(room.platform.bus, [AgentReady, AgentLost, AgentDeregistered], track);
}
