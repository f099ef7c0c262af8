// lazyark start: everything on this machine, from an empty folder to the example's printed report.
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Api } from './api.ts';
import { connect } from './connection.ts';
import { defaultDataDir, prepareDataDir, projectRoot, readEndpoint, runningOn } from './data-dir.ts';
import type { Embedded, EmbeddedOptions } from './embedded.ts';
import { BadInput, CommandFailed } from './failure.ts';
import { readObjectiveFile } from './objective-file.ts';
import { resultText, troubleLines } from './objective-result.ts';
import type { ObjectiveView } from './objective-view.ts';
import { type PageOf, type Surroundings, wholeNumber } from './session.ts';
import { type Stopping, stopOnSignals } from './stop-signals.ts';
import { submitObjective } from './submit.ts';
import { harmless, line, paint } from './terminal.ts';
import { uploadBar } from './upload-bar.ts';
import { watchObjective } from './watch.ts';

type StartOptions = { run?: string; data: string; port?: string; example: boolean; fresh?: boolean; json?: boolean };

const defaultPort = 4400;
const exampleFile = join(projectRoot, 'examples/increase-nps.yaml');

export function addStartCommand(program: Command, surroundings: Surroundings): void {
  program
    .command('start')
    .description('run everything on this machine and stay up; a new store gets an example to watch')
    .option('--run <file>', 'run this one objective, print its result and end: 0 succeeded, 1 failed, 2 bad input')
    .option('--data <dir>', 'where everything is kept', defaultDataDir)
    .option('--port <n>', `of the API and the console; 0 = any (default: ${defaultPort})`)
    .option('--no-example', 'do not submit the example to a new store')
    .option('--fresh', 'forget everything that the data folder holds first')
    .option('--json', 'with --run: print the objective as JSON')
    .action(async (options: StartOptions) => {
      const stopping = stopOnSignals(surroundings.terminal.stderr);
      try {
        if (options.run) await runOne(options.run, options, surroundings, stopping);
        else await stayUp(options, surroundings, stopping);
      } finally {
        stopping.done();
      }
    });
}

// The other commands must not pay for loading the runtime.
const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> =>
  (await import('./embedded.ts')).startEmbedded(options);

async function stayUp(options: StartOptions, { terminal, env }: Surroundings, stopping: Stopping): Promise<void> {
  const { stdout } = terminal;
  const port = portOf(options, defaultPort);
  const dataDir = prepareDataDir(options.data, { fresh: options.fresh === true });
  const embedded = await startEmbedded({ dataDir, port, env });
  try {
    line(stdout, `${paint(stdout, 'green', 'ready')} ${embedded.url}`);
    line(stdout, `operator token: ${embedded.tokenPath}`);
    if (options.example && (await isNew(embedded.api))) await showExample(embedded, { terminal, env }, stopping);
    await stopping.stopped;
  } finally {
    await embedded.stop();
  }
}

function portOf({ port }: StartOptions, otherwise: number): number {
  return port === undefined ? otherwise : wholeNumber(port, '--port', 0, 65_535);
}

async function isNew(api: Api): Promise<boolean> {
  return (await api.get<PageOf<ObjectiveView>>('/objectives', { limit: 1 })).items.length === 0;
}

// What goes wrong with the example is said, and the runtime stays up all the same.
async function showExample({ api, url }: Embedded, { terminal }: Surroundings, stopping: Stopping): Promise<void> {
  const { stdout } = terminal;
  line(stdout, `\nThe store is new: trying ${exampleFile}\n`);
  const { objectiveId } = await submitObjective(readObjectiveFile(exampleFile), api);
  const over = await watchObjective(objectiveId, api, stdout, stopping.signal);
  if (stopping.signal.aborted) return;
  const lines = over.status === 'succeeded' ? [resultText(over)] : troubleLines(over);
  for (const text of ['', ...lines, '', `Console: ${url} · stop with Ctrl-C`]) line(stdout, harmless(text));
}

async function runOne(file: string, options: StartOptions, around: Surroundings, stopping: Stopping): Promise<void> {
  const objective = readObjectiveFile(file);
  const { api, stop } = await runtimeFor(options, around);
  const { stdout, stderr } = around.terminal;
  try {
    const { objectiveId } = await submitObjective(objective, api, { onUpload: uploadBar(stderr) });
    const over = await watchObjective(objectiveId, api, stderr, stopping.signal);
    if (stopping.signal.aborted)
      throw new CommandFailed(`Stopped before ${objectiveId} was over; the next start goes on with it`);
    if (options.json) line(stdout, JSON.stringify(over, undefined, 2));
    else if (over.status === 'succeeded') line(stdout, harmless(resultText(over)));
    if (over.status !== 'succeeded') throw new CommandFailed(troubleLines(over).join('\n'));
  } finally {
    await stop();
  }
}

// A runtime that already runs on the folder is used, and left running; else one is started on any port, and stopped.
async function runtimeFor(options: StartOptions, { env }: Surroundings): Promise<{ api: Api; stop(): Promise<void> }> {
  const dataDir = resolve(options.data);
  if (!options.fresh && runningOn(dataDir) && readEndpoint(dataDir)) {
    if (options.port) throw new BadInput(`A runtime already runs on ${dataDir}; --port cannot change where`);
    return { api: connect({ data: dataDir }, {}), stop: async () => undefined };
  }
  prepareDataDir(dataDir, { fresh: options.fresh === true });
  return startEmbedded({ dataDir, port: portOf(options, 0), env });
}
