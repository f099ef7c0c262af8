// Starts the machine that plans, once for each objective that joins the queue.
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

/**
 * Starts one execution; the machine itself takes the first of the queue, so the queue is served by priority. The name
 * makes a redelivered record start nothing new; the sweep, which begins lost planning again, names a new one by time.
 */
export const planningOn =
  (machineArn: string, client: SFNClient) =>
  async (objectiveId: string, againAtMs?: number): Promise<void> => {
    const name = againAtMs === undefined ? objectiveId : `${objectiveId}-${againAtMs}`;
    const input = JSON.stringify({ causedBy: objectiveId, run: name });
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input }));
    } catch (error) {
      if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    }
  };
