// lazyark status and bootstrap: how the whole is, and bringing a new one to life.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Api } from './api.ts';
import { CommandFailed } from './failure.ts';
import { fieldLines, onApi, type Surroundings } from './session.ts';

export type StatusView = { mode: string; [field: string]: unknown };
export type BootstrapOptions = { mode?: string; constraints?: { maxSpendUsd: number } };

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
    const status = await bootstrapSwarm(api, { constraints });
    print(status, () => [`mode ${status.mode}`]);
  });
}

/** Starts the bootstrap and waits until the swarm is active. Throws CommandFailed with the status when that takes over 60 s. */
export async function bootstrapSwarm(api: Api, options: BootstrapOptions = {}): Promise<StatusView> {
  const started = await api.post<{ executionArn?: string; executionId?: string }>('/bootstrap', options);
  const deadline = Date.now() + bootstrapMsMax;
  let status = await api.get<StatusView>('/status');
  while (status.mode !== 'active') {
    if (status.mode === 'killed')
      throw new CommandFailed('The kill switch is set; lift it first: lazyark resume --reason …');
    if (Date.now() > deadline)
      throw new CommandFailed(
        `The bootstrap has not ended after 60 s (mode ${status.mode}): ${JSON.stringify(started)}`,
      );
    await sleep(lookEveryMs);
    status = await api.get<StatusView>('/status');
  }
  return status;
}
