// Builds what the functions that control the swarm share. Production wiring only.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { announceOn } from '../common/announce.ts';
import { newId } from '../common/ids.ts';
import { openTables } from '../common/table-open.ts';
import type { ControlDeps } from './control-swarm.ts';

export const controlDeps = ({ SAFETY_TABLE, EVENT_BUS }: { SAFETY_TABLE: string; EVENT_BUS: string }): ControlDeps => ({
  tables: openTables(),
  table: SAFETY_TABLE,
  announce: announceOn(EVENT_BUS, new EventBridgeClient()),
  newId,
  openIds: async () => [],
  now: () => new Date(),
});
