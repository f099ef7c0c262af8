// npm run test:ministack: starts MiniStack, deploys LazyArk to it as one would to AWS, and tells it the same stories.
import { join } from 'node:path';
import { deploy } from './deploy.ts';
import { ensureMiniStack, MINISTACK_VERSION } from './environment.ts';
import { type MiniStack, startMiniStack } from './server.ts';
import { runTool } from './tool.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(extra: readonly string[]): Promise<number> {
  const installed = await ensureMiniStack();
  if (installed.kind === 'unavailable') {
    say(`test:ministack: 0 passed, 0 failed, 1 skipped - ${installed.why}`);
    return 0;
  }
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort());
  const server = await startMiniStack(installed.program);
  try {
    const signing = installed.signs ? '' : '; its KMS cannot sign: stories of signatures are skipped';
    say(`MiniStack ${MINISTACK_VERSION} at ${server.url}, ${server.about}${signing}`);
    const code = await deployAndTest(server, extra, installed.signs, interruption.signal);
    if (code !== 0) say(`The end of MiniStack's log:\n${server.logTail()}`);
    return code;
  } catch (error) {
    say(`${(error as Error).message}\nThe end of MiniStack's log:\n${server.logTail()}`);
    return 1;
  } finally {
    await server.stop();
  }
}

async function deployAndTest(
  server: MiniStack,
  extra: readonly string[],
  signs: boolean,
  signal: AbortSignal,
): Promise<number> {
  const { outputs, remove } = await deploy(server, signal);
  try {
    const config = join(import.meta.dirname, 'vitest.config.ts');
    const env = { ...server.env, LAZYARK_OUTPUTS: JSON.stringify(outputs), LAZYARK_SIGNS: signs ? 'yes' : 'no' };
    const args = ['run', '--config', config, ...reportArgs(), ...extra];
    return (await runTool('vitest', args, { cwd: import.meta.dirname, env, signal })).code;
  } finally {
    remove();
  }
}

/** With LAZYARK_TEST_REPORT=<folder> the counts are left there for a machine to add up, as bin/setup.mjs does. */
function reportArgs(): string[] {
  const folder = process.env.LAZYARK_TEST_REPORT;
  if (!folder) return [];
  const file = join(folder, 'test-ministack.vitest.json');
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
}

process.exit(await main(process.argv.slice(2)));
