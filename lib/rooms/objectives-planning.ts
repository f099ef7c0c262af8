// How an objective gets its plan: its arrival starts the machine decompose-objective, whose states are functions here.
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/objectives/env.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { RoomStateMachine } from '../platform/room-state-machine.ts';
import type { Objectives } from './objectives.ts';

/** One function per state, in the order of the work. */
const IMPACT: Record<string, string> = {
  'select-objective': 'New objectives stay queued: none is taken up for planning.',
  'recall-similar': 'Objectives are rejected because what was learned from earlier ones cannot be read.',
  'plan-tasks': 'Objectives are rejected because no plan is made for them.',
  'validate-plan': 'Objectives are rejected because their plans cannot be checked.',
  'repair-plan': 'Objectives are rejected although their plan could have been mended.',
  'store-plan': 'Objectives are planned, but their tasks are not written.',
  'reject-objective': 'Objectives that cannot be planned stay in planning and never say so.',
};

export function planObjectives(room: Objectives): RoomStateMachine {
  const environment = { OBJECTIVES_TABLE: room.table.tableName } satisfies EnvOf<typeof Env.PlanningEnv>;
  const calls = Object.entries(IMPACT).map(([name, impact]) => new RoomFunction(room, name, { environment, impact }));
  room.table.allowReadWrite(...calls);
  return new RoomStateMachine(room, 'decompose-objective', {
    calls,
    impact: 'An objective was not planned and stays where it is until the sweep finds it.',
  });
}
