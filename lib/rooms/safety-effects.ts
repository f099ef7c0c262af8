// What follows the effects: the news of those that somebody waits for.
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/safety/env.ts';
import { announceOn } from '../platform/event-bus.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { feed } from '../platform/room-stream.ts';
import type { Safety } from './safety.ts';

/** What is cleared and done at once is no news; all else that happens to an effect is. */
export function followEffects(room: Safety): void {
  const follow = new RoomFunction(room, 'follow-effects', {
    environment: { EVENT_BUS: room.platform.bus.eventBusName } satisfies EnvOf<typeof Env.FollowEffectsEnv>,
    impact: 'Nobody is asked about effects that are held, and what was agreed to waits for the next sweep.',
  });
  announceOn(room.platform.bus, follow);
  const effects = { Keys: { sk: { S: ['effect'] } } };
  feed(follow, room.table, {
    filters: [
      { dynamodb: { ...effects, NewImage: { status: { S: ['held', 'cleared', 'denied', 'unknown'] } } } },
      { dynamodb: { ...effects, NewImage: { vetoedBy: { S: [{ exists: true }] } } } },
    ],
    batchSizeMax: 100,
    onFailure: 'isolate',
  });
}
