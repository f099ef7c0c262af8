// Installing is tried in a copy of the scripts, with an npm of a few lines that leaves what the real one would.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const systemNode = process.execPath;

type Project = {
  root: string;
  setup(...args: string[]): { code: number | null; out: string; err: string };
  /** the same beside others; resolves to the exit code */
  begin(...args: string[]): Promise<number | null>;
  npmRuns(): number;
};

/** A project with these scripts, a lock file and one command; `npmFails` is the exit code of its npm. */
function aProject({ npmExit = 0, nodeVersion = 'v24.0.0' } = {}): Project {
  const root = mkdtempSync(join(tmpdir(), 'setup-'));
  for (const name of ['install.mjs', 'run.mjs', 'setup.mjs'])
    cpSync(join(import.meta.dirname, name), join(root, 'bin', name));
  writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }),
  );
  writeFileSync(
    join(root, 'bin/cli.ts'),
    'console.log(JSON.stringify({ args: process.argv.slice(2), path: process.env.PATH }));',
  );
  const node = `#!/bin/sh\\nif [ "$1" = --version ]; then echo ${nodeVersion}; else exec ${systemNode} "$@"; fi\\n`;
  aScript(
    join(root, 'tools/npm'),
    `echo "$@" >> ${root}/npm-ran; [ ${npmExit} = 0 ] || exit ${npmExit}
rm -rf node_modules; mkdir -p node_modules/.bin; printf '${node}' > node_modules/.bin/node; chmod +x node_modules/.bin/node
echo installed`,
  );
  const env = { PATH: `${join(root, 'tools')}:${dirname(systemNode)}:/usr/bin:/bin` };
  return {
    root,
    setup: (...args) => {
      const { status, stdout, stderr } = spawnSync(systemNode, ['bin/setup.mjs', ...args], {
        cwd: root,
        env,
        encoding: 'utf8',
      });
      return { code: status, out: stdout, err: stderr };
    },
    begin: async (...args) => {
      const child = spawn(systemNode, ['bin/setup.mjs', ...args], { cwd: root, env, stdio: 'ignore' });
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
    npmRuns: () =>
      existsSync(join(root, 'npm-ran')) ? readFileSync(join(root, 'npm-ran'), 'utf8').trim().split('\n').length : 0,
  };
}

function aScript(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

describe('setup', () => {
  it('installs once, then again only when the lock file changes or node_modules is gone', () => {
    const project = aProject();
    expect(project.setup('start')).toMatchObject({ code: 0, err: expect.stringContaining('Installing packages') });
    project.setup('start');
    expect(project.npmRuns()).toBe(1);
    writeFileSync(
      join(project.root, 'package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version: '2.0.0' } } }),
    );
    project.setup('start');
    expect(project.npmRuns()).toBe(2);
    rmSync(join(project.root, 'node_modules'), { recursive: true });
    project.setup('start');
    expect(project.npmRuns()).toBe(3);
  });

  it('two that start together install one after the other; the second finds it done', async () => {
    const project = aProject();
    const both = [project.begin('start'), project.begin('start')];
    expect(await Promise.all(both)).toEqual([0, 0]);
    expect(project.npmRuns()).toBe(1);
    expect(existsSync(join(project.root, '.lazyark-installing'))).toBe(false);
  });

  it.each([
    { when: 'its process is gone', pid: spawnSync(systemNode, ['--version']).pid, minutesAgo: 0 },
    { when: 'its process id is another’s by now', pid: process.pid, minutesAgo: 16 },
    { when: 'it died before it wrote who it was', pid: '', minutesAgo: 16 },
  ])('an installation that was killed holds up nobody: $when', ({ pid, minutesAgo }) => {
    const project = aProject();
    const lock = join(project.root, '.lazyark-installing');
    writeFileSync(lock, String(pid));
    const takenAt = new Date(Date.now() - minutesAgo * 60_000);
    utimesSync(lock, takenAt, takenAt);
    expect(project.setup('start').code).toBe(0);
    expect(project.npmRuns()).toBe(1);
  });

  it('believes what npm itself lists when somebody installed by hand', () => {
    const project = aProject();
    project.setup('start');
    rmSync(join(project.root, 'node_modules/.lazyark-installed'));
    const listed = (version: string) =>
      writeFileSync(
        join(project.root, 'node_modules/.package-lock.json'),
        JSON.stringify({ packages: { 'node_modules/a': { version } } }),
      );
    listed('1.0.0');
    project.setup('start');
    expect(project.npmRuns()).toBe(1);
    rmSync(join(project.root, 'node_modules/.lazyark-installed'));
    listed('0.9.0');
    project.setup('start');
    expect(project.npmRuns()).toBe(2);
  });

  it("runs the command with its arguments on the project's Node, its tools first on the path; npm's words are not on stdout", () => {
    const project = aProject();
    const { out } = project.setup('start', '--port', '0', 'a b');
    const said = JSON.parse(out) as { args: string[]; path: string };
    expect(said.args).toEqual(['start', '--port', '0', 'a b']);
    expect(said.path.split(':')[0]).toBe(join(project.root, 'node_modules/.bin'));
  });

  it('says clearly when npm fails, and runs nothing', () => {
    const project = aProject({ npmExit: 7 });
    expect(project.setup('start')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('npm ci ended with 7'),
    });
  });

  it('says clearly when the install scripts that bring Node 24 did not run', () => {
    expect(aProject({ nodeVersion: 'v20.1.0' }).setup('start')).toMatchObject({
      code: 1,
      err: expect.stringContaining('--ignore-scripts'),
    });
  });

  it.each([[[]], [['fly']], [['toString']]])('an unknown command %j is bad usage and installs nothing', (args) => {
    const project = aProject();
    expect(project.setup(...args)).toMatchObject({ code: 2, err: expect.stringContaining('Usage:') });
    expect(project.npmRuns()).toBe(0);
  });

  it('every step of test runs, and one that fails makes the whole fail; counts are left for a machine', () => {
    const project = aProject();
    project.setup('start');
    const tools = join(project.root, 'node_modules/.bin');
    aScript(join(tools, 'biome'), 'echo lint; exit 1');
    aScript(join(tools, 'tsc'), 'echo types');
    aScript(join(tools, 'vitest'), 'echo "vitest $@"');
    const report = join(project.root, 'report');
    const env = { PATH: '/usr/bin:/bin', LAZYARK_TEST_REPORT: report };
    const ran = spawnSync(systemNode, ['bin/setup.mjs', 'test', 'bin/cli'], {
      cwd: project.root,
      env,
      encoding: 'utf8',
    });
    expect(ran.status).toBe(1);
    expect(ran.stdout.trim().split('\n')).toEqual([
      'lint',
      'types',
      `vitest run --project unit --reporter=default --reporter=json --outputFile.json=${report}/test.vitest.json bin/cli`,
    ]);
    expect(ran.stderr).toContain('test: failed: format and lint');
    expect(JSON.parse(readFileSync(join(report, 'test.checks.json'), 'utf8'))).toEqual([
      { title: 'format and lint', passed: false },
      { title: 'types', passed: true },
    ]);
  });

  it('passes signals on and ends as the command ended', async () => {
    const project = aProject();
    project.setup('start');
    writeFileSync(
      join(project.root, 'bin/cli.ts'),
      `process.on('SIGTERM', () => { console.log('told'); process.exit(5); }); setInterval(() => {}, 1000); console.log('up');`,
    );
    const child = spawn(systemNode, ['bin/setup.mjs', 'start'], {
      cwd: project.root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect([code, out]).toEqual([5, 'up\ntold\n']);
  });
});

it('a shell between npm and us that is stopped takes the command with it', async () => {
  const project = aProject();
  project.setup('start');
  writeFileSync(
    join(project.root, 'bin/cli.ts'),
    `process.on('SIGTERM', () => { console.log('told'); process.exit(0); }); setInterval(() => {}, 1000); console.log('up');`,
  );
  const env = { ...process.env, npm_lifecycle_event: 'start', INIT_CWD: project.root };
  const shell = spawn('sh', ['-c', `${systemNode} bin/setup.mjs start; true`], {
    cwd: project.root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  shell.stdout.on('data', (text) => {
    out += text;
  });
  await once(shell.stdout, 'data');
  shell.kill('SIGTERM');
  await once(shell.stdout, 'close');
  expect(out).toBe('up\ntold\n');
});

it('the scripts need no packages', () => {
  const scripts = ['install.mjs', 'run.mjs', 'setup.mjs', 'lazyark.mjs'].map((name) => join(import.meta.dirname, name));
  const imported = scripts.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map(([, name]) => name),
  );
  expect(imported.length).toBeGreaterThan(8);
  expect(imported.filter((name) => !name?.startsWith('node:') && !name?.startsWith('./'))).toEqual([]);
});
