// lazyark snapshot: take, list, show and restore what all rooms keep.
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Api } from './api.ts';
import { ApiRefused, CommandFailed } from './failure.ts';
import { fieldLines, listing, onApi, type Surroundings, showing } from './session.ts';

type Room = { room: string; items?: number; equal?: number; changed?: number };
type Snapshot = { snapshotId: string; status: string; beganAt: string; by: string; why: string; rooms?: Room[] };
type Restore = { restoreId: string; status: string; error?: string; rooms?: Room[] };

const LOOK_EVERY_MS = 500;

export function addSnapshotCommands(program: Command, surroundings: Surroundings): void {
  const snapshot = program.command('snapshot').description('hourly copies of what all rooms keep, and restores');
  listing<Snapshot>(snapshot.command('list').description('newest first'), surroundings, '/snapshots', {
    snapshot: ({ snapshotId }) => snapshotId,
    status: ({ status }) => status,
    began: ({ beganAt }) => beganAt,
    items: (item) => itemsIn(item),
    by: ({ by }) => by,
  });
  const show = snapshot.command('show <snapshot-id>').description('what is in one, with its digests');
  showing(show, surroundings, '/snapshots');
  const reasoned = (command: Command) => command.requiredOption('--reason <text>', 'kept in the audit');
  onApi<{ reason: string }>(
    reasoned(snapshot.command('create').description('take one now and wait until it is complete')),
    surroundings,
    async ({ api, options, print }) => {
      const begun = await api.post<{ snapshotId: string }>('/snapshots', { reason: options.reason });
      const ended = await ends<Snapshot>(api, `/snapshots/${begun?.snapshotId}`, 'taking');
      print(ended, () => fieldLines(ended));
    },
  );
  onApi<{ reason: string }>(
    reasoned(
      snapshot
        .command('restore <snapshot-id>')
        .description('put everything kept back as it was; the swarm is stopped meanwhile'),
    ),
    surroundings,
    async ({ api, options, print }, id = '') => {
      const path = `/snapshots/${encodeURIComponent(id)}/restore`;
      const begun = await api.post<{ restoreId: string }>(path, { reason: options.reason });
      const ended = await ends<Restore>(api, `/restores/${begun?.restoreId}`, 'running');
      print(ended, () => fieldLines(ended));
    },
  );
}

const itemsIn = ({ rooms = [] }: Snapshot): number => rooms.reduce((sum, { items = 0 }) => sum + items, 0);

/** Waits for the machine. Throws when it failed: the exit code is 1 then. */
async function ends<Kind extends { status: string; error?: string }>(
  api: Api,
  path: string,
  running: string,
): Promise<Kind> {
  for (;;) {
    const now = await api.get<Kind>(path).catch((error: unknown) => {
      // the machine has not written its record yet
      if (error instanceof ApiRefused && error.status === 404) return undefined;
      throw error;
    });
    if (now && now.status !== running) {
      if (now.status === 'failed') throw new CommandFailed(`${path.slice(1)} failed: ${now.error}`);
      return now;
    }
    await wait(LOOK_EVERY_MS);
  }
}
