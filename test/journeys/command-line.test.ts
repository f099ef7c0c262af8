// The command line as a person uses it: real processes, a real embedded runtime, a data folder of its own.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'lazyark-command-line-'));
const data = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Process = ChildProcessByStdio<null, Readable, Readable>;
type Ended = { code: number; out: string; err: string };
type Running = { process: Process; said(text: string): Promise<void>; ended: Promise<Ended> };

function lazyark(...args: string[]): Running {
  const child = spawn(process.execPath, [join(root, 'bin/cli.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
  });
  const seen = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    seen.out += text;
  });
  child.stderr.on('data', (text) => {
    seen.err += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, ...seen }));
  const said = async (text: string) => {
    while (!seen.out.includes(text)) {
      await Promise.race([
        once(child.stdout, 'data'),
        ended.then(({ err }) => Promise.reject(new Error(`it ended first: ${err}`))),
      ]);
    }
  };
  return { process: child, said, ended };
}

function aPlan(name: string, ...capabilities: string[]): string {
  const file = join(folder, name);
  const tasks = capabilities.map((capability, index) => ({
    id: `t${index}`,
    title: `Task ${index}`,
    capability,
    dependsOn: index > 0 ? [`t${index - 1}`] : [],
  }));
  writeFileSync(file, JSON.stringify({ text: 'Try the command line', plan: tasks }));
  return file;
}

describe('start --run', () => {
  it('runs the example to its printed report and leaves no server behind', async () => {
    const { code, out, err } = await lazyark(
      'start',
      '--run',
      join(root, 'examples/increase-nps.yaml'),
      '--data',
      join(folder, 'once'),
    ).ended;
    expect(code, err).toBe(0);
    expect(out).toMatch(/^# /);
    expect(out).toMatch(/net promoter score/i);
    expect(existsSync(join(folder, 'once/endpoint'))).toBe(false);
  });

  it('bad input ends with 2 before anything is started', async () => {
    const { code, out, err } = await lazyark('start', '--run', aPlan('bad.json', ''), '--data', join(folder, 'never'))
      .ended;
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('plan[0].capability');
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});

describe('a runtime that stays up', () => {
  let runtime: Running;
  beforeAll(async () => {
    runtime = lazyark('start', '--data', data, '--port', '0', '--no-example');
    await runtime.said('operator token: ');
  });
  afterAll(async () => {
    runtime.process.kill('SIGKILL');
    await runtime.ended;
  });

  it('keeps its token from others and takes objectives from another process', async () => {
    expect(statSync(join(data, 'operator-token')).mode & 0o777).toBe(0o600);
    const submitted = await lazyark(
      'objective',
      'submit',
      aPlan('good.json', 'noop', 'noop'),
      '--watch',
      '--json',
      '--data',
      data,
    ).ended;
    expect(submitted.code, submitted.err).toBe(0);
    expect(JSON.parse(submitted.out)).toMatchObject({
      status: 'succeeded',
      progress: { percent: 100, done: 2, total: 2 },
    });
  });

  it('--run uses it, and it stays up', async () => {
    const { code, err } = await lazyark('start', '--run', aPlan('again.json', 'noop'), '--data', data).ended;
    expect(code, err).toBe(0);
    expect((await lazyark('status', '--data', data, '--json').ended).code).toBe(0);
  });

  it('an unknown capability is bad input with the line of the file', async () => {
    const { code, err } = await lazyark('objective', 'submit', aPlan('unknown.json', 'fly'), '--data', data).ended;
    expect(code).toBe(2);
    expect(err).toContain('unknown.json:1: plan[0].capability');
  });

  it('the wrong token is refused', async () => {
    const endpoint = readFileSync(join(data, 'endpoint'), 'utf8').trim();
    const { code, err } = await lazyark('status', '--endpoint', endpoint, '--token', 'wrong').ended;
    expect(code).toBe(2);
    expect(err).toMatch(/\((401|403) /);
  });

  it('the same folder is not run twice', async () => {
    const { code, err } = await lazyark('start', '--data', data, '--port', '0').ended;
    expect(code).toBe(2);
    expect(err).toContain(`A runtime (process ${runtime.process.pid}) already runs on`);
  });

  it('its audit trail is valid', async () => {
    const { code, out } = await lazyark('audit', 'verify', '--data', data).ended;
    expect(out).toMatch(/^valid: [1-9]/);
    expect(code).toBe(0);
  });

  it('stops gracefully, says so, and takes its address away', async () => {
    runtime.process.kill('SIGTERM');
    const { code, err } = await runtime.ended;
    expect([code, err]).toEqual([0, 'stopping; once more ends at once\n']);
    expect(existsSync(join(data, 'endpoint'))).toBe(false);
  });
});

it('a taken port is said at once', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const { code, err } = await lazyark('start', '--port', `${port}`, '--data', join(folder, 'taken')).ended;
  taken.close();
  expect(code).toBe(2);
  expect(err).toContain(`Port ${port} is taken by another program`);
});
