// Starts the machine that plans, once for each objective that joins the queue, and stops its runs for a kill.
import {
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { contentId } from '../common/ids.ts';

/**
 * Starts one execution; the machine itself takes the first of the queue, so the queue is served by priority. The name is
 * made from its cause: a redelivered record starts nothing new, and what joins the queue once more is planned once more.
 */
export const planningOn =
  (machineArn: string, client: SFNClient) =>
  async (objectiveId: string, cause: string): Promise<void> => {
    const name = `${objectiveId}-${contentId('run', cause).slice(0, 20)}`;
    const input = JSON.stringify({ causedBy: objectiveId, run: name });
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input }));
    } catch (error) {
      if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    }
  };

/** Stops every execution that began before and still runs, and answers how many those were. */
export const planningStopOn =
  (machineArn: string, client: SFNClient) =>
  async (cause: string, before: Date): Promise<number> => {
    let stopped = 0;
    let nextToken: string | undefined;
    do {
      const wanted = { stateMachineArn: machineArn, statusFilter: 'RUNNING', maxResults: 100, nextToken } as const;
      const page = await client.send(new ListExecutionsCommand(wanted));
      const begunBefore = (page.executions ?? []).filter(
        ({ startDate }) => startDate === undefined || startDate <= before,
      );
      for (const { executionArn } of begunBefore) {
        await client.send(new StopExecutionCommand({ executionArn, error: 'SwarmKilled', cause }));
        stopped += 1;
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return stopped;
  };
