// The embedded runtime as the command line starts it: synthesized if need be, bootstrapped, with its address published.
import { createWriteStream, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseChaos } from '../../local/chaos.ts';
import { startRuntime } from '../../local/main.ts';
import { ensureAssembly } from '../build.ts';
import { type Api, openApi } from './api.ts';
import { holdDataDir, publishEndpoint, readToken, tokenPath } from './data-dir.ts';
import { BadInput, CommandFailed } from './failure.ts';
import { bootstrapSwarm, type ControlView } from './status-commands.ts';
import type { Environment } from './terminal.ts';

export type Embedded = { url: string; api: Api; tokenPath: string; stop(): Promise<void> };
export type EmbeddedOptions = { dataDir: string; port: number; env: Environment };

const tokenRefreshMs = 60_000;
const logBytesMax = 20 * 1024 * 1024;

/**
 * Starts it on a prepared data folder and returns once the swarm is active. Throws BadInput for a taken port or a
 * malformed setting, CommandFailed when synthesis or the start fails; nothing is left running then.
 */
export async function startEmbedded({ dataDir, port, env }: EmbeddedOptions): Promise<Embedded> {
  const settings = settingsIn(env);
  await refuseTakenPort(port);
  const log = openLog(join(dataDir, 'runtime.log'));
  const assembly = await ensureAssembly({ quiet: true }).catch((error) => fail(error, log));
  const release = holdDataDir(dataDir);
  const runtime = await startRuntime({ assembly, dataDir, port, ...settings, log: log.write }).catch((error) => {
    release();
    return fail(error, log);
  });
  let refresh: NodeJS.Timeout | undefined;
  const stop = async () => {
    clearInterval(refresh);
    await runtime.stop();
    release();
    log.close();
  };
  try {
    const currentToken = () => runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '');
    const token = await currentToken();
    const api = openApi({ endpoint: runtime.url, token });
    await activate(api);
    publishEndpoint(dataDir, runtime.url, token);
    // The token is rotated while the runtime stays up; who reads the file gets the one that counts.
    refresh = setInterval(() => void republish(dataDir, runtime.url, currentToken), tokenRefreshMs);
    return { url: runtime.url, api, tokenPath: tokenPath(dataDir), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// People get the sentence; the log keeps where it came from.
function fail(error: Error, log: Log): never {
  log.write({ level: 'error', message: 'start failed', error: error.stack });
  throw new CommandFailed(`The runtime could not be started: ${error.message}\nDetails: ${log.file}`);
}

async function republish(dataDir: string, url: string, token: () => Promise<string>): Promise<void> {
  const current = await token().catch(() => undefined);
  if (current !== undefined && current !== readToken(dataDir)) publishEndpoint(dataDir, url, current);
}

// A store that was killed stays killed: lifting that is for a person to do.
async function activate(api: Api): Promise<void> {
  const { mode } = await api.get<ControlView>('/control');
  if (mode !== 'active' && mode !== 'killed') await bootstrapSwarm(api);
}

function refuseTakenPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.code})`;
      reject(new BadInput(`Port ${port} ${why}`, ['choose another one: --port 4500, or --port 0 for any']));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

/** The two settings for experiments, checked before anything is touched. */
function settingsIn(env: Environment): { clockSpeed?: number; chaos?: string } {
  const { LAZYARK_CLOCK_SPEED: speed, LAZYARK_CHAOS: chaos } = env;
  if (speed && !(Number(speed) > 0 && Number.isFinite(Number(speed)))) {
    throw new BadInput(`LAZYARK_CLOCK_SPEED: expected a number above 0, got "${speed}"`);
  }
  try {
    parseChaos(chaos || undefined);
  } catch (error) {
    throw new BadInput((error as Error).message);
  }
  return { ...(speed ? { clockSpeed: Number(speed) } : {}), ...(chaos ? { chaos } : {}) };
}

type Log = { file: string; write(record: object): void; close(): void };

// One earlier log is kept, so the folder does not grow without end.
function openLog(file: string): Log {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  return {
    file,
    write: (record) => stream.write(`${JSON.stringify({ at: new Date().toISOString(), ...record })}\n`),
    close: () => stream.end(),
  };
}
