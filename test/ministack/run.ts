// npm run test:ministack: starts MiniStack, deploys LazyArk to it as one would to AWS, and tells it the same stories.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Deployment, deploy } from './deploy.ts';
import { ensureMiniStack, MINISTACK_VERSION } from './environment.ts';
import { type MiniStack, startMiniStack, TOOLS } from './server.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(extra: readonly string[]): Promise<number> {
  const installed = await ensureMiniStack();
  if (installed.kind === 'unavailable') {
    say(`test:ministack: 0 passed, 0 failed, 1 skipped - ${installed.why}`);
    return 0;
  }
  const server = await startMiniStack(installed.program);
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(1));
  });
  try {
    say(`MiniStack ${MINISTACK_VERSION} at ${server.url}, ${server.about}`);
    const code = await Promise.race([deployAndTest(server, extra), interrupted]);
    if (code !== 0) say(`The end of MiniStack's log:\n${server.logTail()}`);
    return code;
  } catch (error) {
    say(`${(error as Error).message}\nThe end of MiniStack's log:\n${server.logTail()}`);
    return 1;
  } finally {
    await server.stop();
  }
}

async function deployAndTest(server: MiniStack, extra: readonly string[]): Promise<number> {
  const deployment = await deploy(server);
  try {
    return await test(deployment, server, extra);
  } finally {
    deployment.remove();
  }
}

function test({ outputs }: Deployment, { env }: MiniStack, extra: readonly string[]): Promise<number> {
  const config = join(import.meta.dirname, 'vitest.config.ts');
  const tests = spawn(join(TOOLS, 'vitest'), ['run', '--config', config, ...reportArgs(), ...extra], {
    env: { ...env, LAZYARK_OUTPUTS: JSON.stringify(outputs) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    tests.on('error', reject);
    tests.on('exit', (code) => resolve(code ?? 1));
  });
}

/** With LAZYARK_TEST_REPORT=<folder> the counts are left there for a machine to add up, as bin/setup.mjs does. */
function reportArgs(): string[] {
  const folder = process.env.LAZYARK_TEST_REPORT;
  if (!folder) return [];
  const file = join(folder, 'test-ministack.vitest.json');
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
}

process.exit(await main(process.argv.slice(2)));
