// The folder of an embedded runtime: whose it is, who runs on it, where it listens and with which token.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadInput } from './failure.ts';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
export const defaultDataDir = join(projectRoot, '.lazyark');

const marker = 'lazyark-data.json';
const lockFile = 'runtime.pid';
const endpointFile = 'endpoint';
const tokenFile = 'operator-token';

export const tokenPath = (folder: string): string => join(folder, tokenFile);

/**
 * Makes the folder ours, or refuses a folder with somebody else's files in it. `fresh` empties it first: everything the
 * runtime kept is gone. Throws BadInput and touches nothing when the folder is not one of ours or is in use.
 */
export function prepareDataDir(given: string, { fresh }: { fresh: boolean }): string {
  const folder = resolve(given);
  const names = entriesOf(folder);
  if (names.length > 0 && !isOurs(folder)) {
    throw new BadInput(`${folder} is no data folder of LazyArk and not empty`, [
      `give another folder with --data, or empty it yourself; it holds ${names.slice(0, 5).join(', ')}`,
    ]);
  }
  const holder = runningOn(folder);
  if (holder) throw new BadInput(`A runtime (process ${holder}) already runs on ${folder}; stop it first`);
  if (fresh) for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, marker), `${JSON.stringify({ what: 'data folder of LazyArk', version: 1 })}\n`);
  return folder;
}

function entriesOf(folder: string): string[] {
  try {
    return existsSync(folder) ? readdirSync(folder) : [];
  } catch (error) {
    throw new BadInput(`${folder} cannot be used as a data folder: ${(error as Error).message}`);
  }
}

const isOurs = (folder: string): boolean => read(folder, marker)?.includes('data folder of LazyArk') === true;

/** The process that runs on this folder, if it still lives: its id is remembered with its start, as ids come back. */
export function runningOn(folder: string): number | undefined {
  const [pid, startedAt] = read(folder, lockFile)?.split(' ') ?? [];
  if (!pid || Number(pid) === process.pid || processStart(Number(pid)) !== startedAt) return undefined;
  return Number(pid);
}

/** Says that this process runs on the folder; returns how to say that it no longer does. */
export function holdDataDir(folder: string): () => void {
  const mine = `${process.pid} ${processStart(process.pid)}`;
  rmSync(join(folder, lockFile), { force: true });
  writeFileSync(join(folder, lockFile), mine, { flag: 'wx' });
  return () => {
    if (read(folder, lockFile) === mine) rmSync(join(folder, lockFile), { force: true });
    rmSync(join(folder, endpointFile), { force: true });
  };
}

// Clock ticks since boot at which the process started (field 22 of its stat line); elsewhere only whether it lives.
function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = read('/proc', `${pid}/stat`);
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  }
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return undefined;
  }
}

/** Leaves where the runtime listens and its token (readable by its owner only) for other commands. */
export function publishEndpoint(folder: string, endpoint: string, token: string): void {
  rmSync(tokenPath(folder), { force: true }); // a file that exists would keep its old mode
  writeFileSync(tokenPath(folder), `${token}\n`, { mode: 0o600 });
  writeFileSync(join(folder, endpointFile), `${endpoint}\n`);
}

export const readEndpoint = (folder: string): string | undefined => read(folder, endpointFile)?.trim() || undefined;
export const readToken = (folder: string): string | undefined => read(folder, tokenFile)?.trim() || undefined;

function read(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return undefined;
  }
}
