// What `npm start`, `npm test` and the other scripts run: installs what is missing, then does the work on Node 24.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, InstallFailed, projectRoot } from './install.mjs';
import { run } from './run.mjs';

const step = (title, command, ...args) => ({ title, command, args });
const tests = (project, ...args) => step(`${project} tests`, 'vitest', 'run', '--project', project, ...args);
const consoleTypes = existsSync(join(projectRoot, 'console/tsconfig.json')) ? ['console'] : [];
const types = [step('types', 'tsc'), ...consoleTypes.map((folder) => step(`types of ${folder}`, 'tsc', '-p', folder))];
const lint = step('format and lint', 'biome', 'check', '--error-on-warnings', '.');

const commands = {
  start: [step('start', 'node', 'bin/cli.ts', 'start')],
  test: [lint, ...types, tests('unit')],
  check: [lint, ...types, step('dead code', 'knip'), tests('unit', 'test/architecture')],
  bench: [step('bench', 'node', 'test/bench/main.ts')],
  'test:e2e': [tests('e2e')],
  'test:faults': [tests('faults')],
  'test:mutation': [step('mutation', 'node', 'test/mutation/run.ts')],
  'test:ministack': [step('ministack', 'node', 'test/ministack/run.ts')],
};

async function main(command, extra) {
  const steps = Object.hasOwn(commands, command ?? '') ? commands[command] : undefined;
  if (!steps) {
    process.stderr.write(`Usage: node bin/setup.mjs <${Object.keys(commands).join('|')}> [arguments]\n`);
    return 2;
  }
  try {
    ensureInstalled();
  } catch (error) {
    if (!(error instanceof InstallFailed)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  return steps.length === 1 ? runOne(command, steps[0], extra) : runAll(command, steps, extra);
}

// Relative paths that a person types count from where they typed them; npm moves to the project's folder first.
function folderOf(command) {
  const typedIn = process.env.npm_lifecycle_event === command ? process.env.INIT_CWD : undefined;
  return command === 'start' ? (typedIn ?? process.cwd()) : projectRoot;
}

function runOne(command, only, extra) {
  const args = only.args.map((arg) => (arg.endsWith('.ts') ? join(projectRoot, arg) : arg));
  return run(only.command, [...args, ...reportArgs(command, only), ...extra], folderOf(command));
}

// Every step runs, so that one look shows everything that is wrong; extra arguments go to the last, the tests.
async function runAll(command, steps, extra) {
  const codes = [];
  for (const [index, each] of steps.entries()) {
    process.stderr.write(`\n── ${each.title}\n`);
    const last = index === steps.length - 1;
    const args = [...each.args, ...reportArgs(command, each), ...(last ? extra : [])];
    codes.push(await run(each.command, args, projectRoot));
    if (codes.at(-1) > 128) break;
  }
  const failed = steps.filter((_, index) => codes[index] !== 0);
  reportChecks(command, steps, codes);
  const verdict = failed.length === 0 ? 'all good' : `failed: ${failed.map(({ title }) => title).join(', ')}`;
  process.stderr.write(`\n${command}: ${verdict}\n`);
  return failed.length === 0 ? 0 : (codes.find((code) => code > 128) ?? 1);
}

// With LAZYARK_TEST_REPORT=<folder> the counts are left there as files for a machine to add up (.ci/run does).
function reportArgs(command, { command: tool }) {
  const folder = process.env.LAZYARK_TEST_REPORT;
  if (!folder || tool !== 'vitest') return [];
  const file = join(folder, `${command.replace(':', '-')}.vitest.json`);
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
}

function reportChecks(command, steps, codes) {
  const folder = process.env.LAZYARK_TEST_REPORT;
  if (!folder) return;
  const checks = steps.flatMap(({ title, command: tool }, index) =>
    tool === 'vitest' ? [] : [{ title, passed: codes[index] === 0 }],
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${command}.checks.json`), JSON.stringify(checks));
}

const [name, ...args] = process.argv.slice(2);
process.exitCode = await main(name, args);
