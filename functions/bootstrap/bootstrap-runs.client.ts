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

/** One run at a time: while one is under way, another request meets it. Two at the same second do as well, by their name. */
async function startBootstrap(request: object, deps: Deps): Promise<void> {
  const { sfn, machineArn, now } = deps;
  if ((await lastBootstrap(deps)).status === 'running') return;
  const name = `bootstrap-${now()
    .toISOString()
    .slice(0, 19)
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
