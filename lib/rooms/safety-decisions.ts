// Putting held effects to the vote: opened by the news of a hold, ended by votes, by people, or by the clock.
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/safety/env.ts';
import { EffectHeld } from '../../functions/safety/events.ts';
import { announceOn, everyMinutes, listenTo } from '../platform/event-bus.ts';
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
  listenTo(room.platform.bus, [EffectHeld], weigh);
  everyMinutes(1, weigh);
}
