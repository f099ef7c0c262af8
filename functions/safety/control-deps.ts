// Builds what the functions that control the swarm share. Production wiring only.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { announceOn } from '../common/announce.ts';
import { newId } from '../common/ids.ts';
import { openTables } from '../common/table-open.ts';
import type { ControlDeps } from './control-swarm.ts';
import { openIdsIn } from './open-effects.ts';

export function controlDeps({ SAFETY_TABLE, EVENT_BUS }: { SAFETY_TABLE: string; EVENT_BUS: string }): ControlDeps {
  const store = { tables: openTables(), table: SAFETY_TABLE };
  return {
    ...store,
    announce: announceOn(EVENT_BUS, new EventBridgeClient()),
    newId,
    openIds: () => openIdsIn(store),
    now: () => new Date(),
  };
}
