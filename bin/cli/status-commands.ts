// lazyark status and bootstrap: how the whole is, and bringing a new one to life.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Api } from './api.ts';
import { CommandFailed } from './failure.ts';
import { fieldLines, onApi, type Surroundings } from './session.ts';

export type ControlView = { mode: 'active' | 'killed' | 'not_bootstrapped' };
type StatusView = { mode: string; [field: string]: unknown };
type BootstrapRun = { status: 'never' | 'running' | 'succeeded' | 'failed'; detail: string | null };
type BootstrapRequest = { constraints?: { maxSpendUsd: number } };

const lookEveryMs = 25;
const bootstrapMsMax = 60_000;

export function addStatusCommands(program: Command, surroundings: Surroundings): void {
  onApi(
    program.command('status').description('mode, queue, agents and audit at a glance'),
    surroundings,
    async ({ api, print }) => {
      const status = await api.get<StatusView>('/status');
      print(status, () => fieldLines(status));
    },
  );
  const bootstrap = program
    .command('bootstrap')
    .description('register the agents and activate the swarm; twice changes nothing');
  bootstrap.option('--max-spend-usd <usd>', 'the most it may ever spend', Number);
  onApi<{ maxSpendUsd?: number }>(bootstrap, surroundings, async ({ api, options, print }) => {
    const constraints = options.maxSpendUsd === undefined ? undefined : { maxSpendUsd: options.maxSpendUsd };
    const control = await bootstrapSwarm(api, { constraints });
    print(control, () => [`mode ${control.mode}`]);
  });
}

/**
 * Starts the bootstrap and waits until the swarm is active. Throws CommandFailed with the reason when the bootstrap
 * fails or takes over 60 s, or when the kill switch is set.
 */
export async function bootstrapSwarm(api: Api, request: BootstrapRequest = {}): Promise<ControlView> {
  let run = await api.post<BootstrapRun>('/bootstrap', request);
  const deadlineMs = Date.now() + bootstrapMsMax;
  while (run.status === 'running' || run.status === 'never') {
    if (Date.now() > deadlineMs) throw new CommandFailed('The bootstrap has not ended after 60 s');
    await sleep(lookEveryMs);
    run = await api.get<BootstrapRun>('/bootstrap');
  }
  const control = await api.get<ControlView>('/control');
  if (control.mode === 'active') return control;
  if (control.mode === 'killed') {
    throw new CommandFailed('The kill switch is set; lift it first: lazyark resume --reason …');
  }
  throw new CommandFailed(`The bootstrap ${run.status}${run.detail ? `: ${run.detail}` : ''}`);
}
