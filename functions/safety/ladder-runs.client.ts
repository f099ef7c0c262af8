// Begins the ladder of a notice: one run of escalate-notice per round, named so that a second beginning is the first.
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { StartLadder } from './raise-notice.ts';

export const laddersOn =
  (stateMachineArn: string, client: SFNClient): StartLadder =>
  async (noticeId, round) => {
    const input = JSON.stringify({ noticeId, round });
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name: `${noticeId}-${round}`, input }));
    } catch (error) {
      if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    }
  };
