// Starts the machines that take and restore snapshots. The id of what they make is the name of their run.
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

export type SnapshotRuns = {
  /** The same id twice starts one run. */
  take(snapshotId: string, by: string, why: string): Promise<void>;
  restore(restoreId: string, snapshotId: string, by: string, why: string): Promise<void>;
};
export type SnapshotMachines = { TAKE_SNAPSHOT_MACHINE_ARN: string; RESTORE_SNAPSHOT_MACHINE_ARN: string };

export const snapshotRunsOn = (machines: SnapshotMachines, client: SFNClient): SnapshotRuns => ({
  take: (snapshotId, by, why) =>
    startOnce(client, machines.TAKE_SNAPSHOT_MACHINE_ARN, snapshotId, { snapshotId, by, why }),
  restore: (restoreId, snapshotId, by, why) =>
    startOnce(client, machines.RESTORE_SNAPSHOT_MACHINE_ARN, restoreId, { restoreId, snapshotId, by, why }),
});

async function startOnce(client: SFNClient, stateMachineArn: string, name: string, input: object): Promise<void> {
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
  }
}
