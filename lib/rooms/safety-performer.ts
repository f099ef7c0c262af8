// Who performs the effects that people and agents ask for, and undoes them; the undoing is drilled every night.
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/safety/env.ts';
import {
  DrillAsked,
  EffectCleared,
  EffectOverdue,
  EffectRequested,
  ReversalAsked,
  SwarmResumed,
} from '../../functions/safety/events.ts';
import { announceOn, everyDayAt, listenTo } from '../platform/event-bus.ts';
import { RoomFunction } from '../platform/room-function.ts';
import type { Safety } from './safety.ts';

const DRILL_HOUR = 3;

export function performEffects(room: Safety): void {
  const { bus, snapshots } = room.platform;
  const perform = new RoomFunction(room, 'perform-effects', {
    environment: {
      SAFETY_TABLE: room.table.tableName,
      EVENT_BUS: bus.eventBusName,
      SNAPSHOT_BUCKET: snapshots.bucketName,
    } satisfies EnvOf<typeof Env.PerformEffectsEnv>,
    timeoutSeconds: 60,
    asynchronousRetries: 2,
    impact: 'What people and agents ask for through the gate is not done, and nothing is undone.',
  });
  room.table.allowReadWrite(perform);
  snapshots.allowReadWrite(perform);
  snapshots.allowList(perform);
  announceOn(bus, perform);
  listenTo(bus, [EffectRequested, EffectCleared, EffectOverdue, ReversalAsked, DrillAsked, SwarmResumed], perform);
  everyDayAt(DRILL_HOUR, perform);
}
