// Starts the machine that plans, once for each objective that joins the queue, and stops its runs for a kill.
import {
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';

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

/** Stops every execution that still runs, and answers how many those were. */
export const planningStopOn =
  (machineArn: string, client: SFNClient) =>
  async (cause: string): Promise<number> => {
    let stopped = 0;
    let nextToken: string | undefined;
    do {
      const wanted = { stateMachineArn: machineArn, statusFilter: 'RUNNING', maxResults: 100, nextToken } as const;
      const page = await client.send(new ListExecutionsCommand(wanted));
      for (const { executionArn } of page.executions ?? []) {
        await client.send(new StopExecutionCommand({ executionArn, error: 'SwarmKilled', cause }));
        stopped += 1;
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return stopped;
  };
