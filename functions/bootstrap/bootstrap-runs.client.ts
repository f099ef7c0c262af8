// Starts bootstrap-swarm and reads how it went. Starting it twice changes nothing: one run at a time.
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

export type BootstrapDeps = { sfn: SFNClient; machineArn: string; now: () => Date };
export type BootstrapRun = {
  status: 'never' | 'running' | 'succeeded' | 'failed';
  startedAt: string | null;
  detail: string | null;
};

/** Names a run by the minute, so that two requests at once meet in the same run. */
export async function startBootstrap(request: object, { sfn, machineArn, now }: BootstrapDeps): Promise<void> {
  const name = `bootstrap-${now()
    .toISOString()
    .slice(0, 16)
    .replace(/[^0-9T]/g, '')}`;
  try {
    await sfn.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(request) }));
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
  }
}

export async function lastBootstrap({ sfn, machineArn }: BootstrapDeps): Promise<BootstrapRun> {
  const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: machineArn, maxResults: 1 }));
  const [last] = executions ?? [];
  if (!last) return { status: 'never', startedAt: null, detail: null };
  const { status, startDate, output, error, cause } = await sfn.send(
    new DescribeExecutionCommand({ executionArn: last.executionArn }),
  );
  const statuses: Record<string, BootstrapRun['status']> = { RUNNING: 'running', SUCCEEDED: 'succeeded' };
  return {
    status: statuses[status ?? ''] ?? 'failed',
    startedAt: startDate?.toISOString() ?? null,
    detail: error ? `${error}: ${cause}` : (output ?? null),
  };
}
