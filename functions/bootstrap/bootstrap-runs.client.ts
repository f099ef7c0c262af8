// Starts bootstrap-swarm and reads how it went. Starting it twice changes nothing: one run at a time.
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

import type { BootstrapRun, Bootstraps } from './bootstrap-run.ts';

type Deps = { sfn: SFNClient; machineArn: string; now: () => Date };

export const bootstrapsOn = (deps: Deps): Bootstraps => ({
  start: (request) => startBootstrap(request, deps),
  last: () => lastBootstrap(deps),
});

/** Names a run by the minute, so that two requests at once meet in the same run. */
async function startBootstrap(request: object, { sfn, machineArn, now }: Deps): Promise<void> {
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

async function lastBootstrap({ sfn, machineArn }: Deps): Promise<BootstrapRun> {
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
