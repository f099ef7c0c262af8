// What follows the effects: news for those who wait, the records of stages, and how agents behave.
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/safety/env.ts';
import { announceOn, everyMinutes } from '../platform/event-bus.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { feed } from '../platform/room-stream.ts';
import type { Safety } from './safety.ts';

/** What is cleared and done at once is no news, but it is how agents behave. */
export function followEffects(room: Safety): void {
  const follow = new RoomFunction(room, 'follow-effects', {
    environment: {
      SAFETY_TABLE: room.table.tableName,
      EVENT_BUS: room.platform.bus.eventBusName,
    } satisfies EnvOf<typeof Env.FollowEffectsEnv>,
    asynchronousRetries: 1,
    impact: 'Nobody is asked about held effects, no stage moves, and no agent that runs away is paused.',
  });
  announceOn(room.platform.bus, follow);
  room.table.allowOnly(['GetItem', 'PutItem', 'UpdateItem'], follow);
  feed(follow, room.table, {
    filters: [{ dynamodb: { Keys: { sk: { S: ['effect'] } } } }],
    batchSizeMax: 500,
    onFailure: 'isolate',
  });
  everyMinutes(1, follow);
}
