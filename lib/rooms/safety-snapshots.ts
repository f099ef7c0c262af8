// Snapshots every hour, and restores: two machines that ask each room for its part, and who may start them.
import type { EnvOf } from '../../functions/common/env.ts';
import type * as Env from '../../functions/safety/env.ts';
import { announceOn, everyMinutes } from '../platform/event-bus.ts';
import type { Served } from '../platform/http-api.ts';
import { RoomFunction } from '../platform/room-function.ts';
import { RoomStateMachine } from '../platform/room-state-machine.ts';
import type { Agents } from './agents.ts';
import type { Safety } from './safety.ts';

export function keepSnapshots(room: Safety, agents: Agents): Served {
  const { snapshots, bus } = room.platform;
  const environment = { SAFETY_TABLE: room.table.tableName, SNAPSHOT_BUCKET: snapshots.bucketName };
  const keep = new RoomFunction(room, 'keep-snapshots', {
    environment: { ...environment, EVENT_BUS: bus.eventBusName } satisfies EnvOf<typeof Env.KeepSnapshotsEnv>,
    impact: 'No snapshots are taken and none can be restored.',
  });
  room.table.allowReadWrite(keep);
  snapshots.allowPut(keep);
  announceOn(bus, keep);
  const transfer = new RoomFunction(room, 'transfer-state', {
    environment: environment satisfies EnvOf<typeof Env.TransferStateEnv>,
    memoryMb: 2048,
    timeoutSeconds: 300,
    impact: 'Snapshots lack policies and settings, so none is finished.',
  });
  room.table.allowReadWrite(transfer);
  snapshots.allowReadWrite(transfer);
  const take = new RoomStateMachine(room, 'take-snapshot', {
    calls: [keep, transfer, agents.transfer],
    impact: 'The last snapshot is older than an hour: a restore would go further back.',
  });
  const restore = new RoomStateMachine(room, 'restore-snapshot', {
    calls: [keep, transfer, agents.transfer],
    impact: 'A restore did not end well. When it had begun to write, the swarm is stopped until a captain resumes it.',
  });
  return startThem(room, { take, restore });
}

function startThem(room: Safety, { take, restore }: { take: RoomStateMachine; restore: RoomStateMachine }): Served {
  const machines = {
    TAKE_SNAPSHOT_MACHINE_ARN: take.stateMachineArn,
    RESTORE_SNAPSHOT_MACHINE_ARN: restore.stateMachineArn,
  } satisfies EnvOf<typeof Env.StartSnapshotEnv>;
  const hourly = new RoomFunction(room, 'start-snapshot', {
    environment: machines,
    asynchronousRetries: 2,
    impact: 'No snapshot was taken this hour.',
  });
  take.allowStart(hourly);
  everyMinutes(60, hourly);
  const serve = new RoomFunction(room, 'serve-snapshots', {
    environment: { ...machines, SAFETY_TABLE: room.table.tableName } satisfies EnvOf<typeof Env.ServeSnapshotsEnv>,
    impact: 'Nobody can take, look at or restore a snapshot through the API.',
  });
  room.table.allowRead(serve);
  room.table.allowOnly(['PutItem', 'UpdateItem'], serve);
  take.allowStart(serve);
  restore.allowStart(serve);
  const paths = ['snapshots', 'snapshots/{proxy+}', 'restores', 'restores/{proxy+}'];
  return { by: serve, paths: paths.map((path) => `/api/v1/${path}`) };
}
