import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  holdDataDir,
  prepareDataDir,
  publishEndpoint,
  readEndpoint,
  readToken,
  runningOn,
  tokenPath,
} from './data-dir.ts';

const aFolder = () => mkdtempSync(join(tmpdir(), 'data-dir-'));

describe('prepareDataDir', () => {
  it('makes a missing folder ours and takes it again', () => {
    const folder = join(aFolder(), 'new', 'data');
    prepareDataDir(folder, { fresh: false });
    writeFileSync(join(folder, 'store.sqlite'), 'kept');
    prepareDataDir(folder, { fresh: false });
    expect(readFileSync(join(folder, 'store.sqlite'), 'utf8')).toBe('kept');
  });

  it('fresh empties a folder of ours', () => {
    const folder = prepareDataDir(aFolder(), { fresh: false });
    mkdirSync(join(folder, 'objects'));
    writeFileSync(join(folder, 'objects', 'a'), 'x');
    prepareDataDir(folder, { fresh: true });
    expect(readdirSync(folder)).toEqual(['lazyark-data.json']);
  });

  it.each([true, false])("leaves somebody else's folder alone (fresh: %s)", (fresh) => {
    const folder = aFolder();
    writeFileSync(join(folder, 'thesis.txt'), 'precious');
    expect(() => prepareDataDir(folder, { fresh })).toThrow('is no data folder of LazyArk');
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
  });

  it('refuses a file in its place', () => {
    const file = join(aFolder(), 'file');
    writeFileSync(file, '');
    expect(() => prepareDataDir(file, { fresh: false })).toThrow('cannot be used as a data folder');
  });
});

describe('who runs on a folder', () => {
  it('is known while the process lives and forgotten when it is killed', async () => {
    const folder = prepareDataDir(aFolder(), { fresh: false });
    const script = `const { holdDataDir } = await import(${JSON.stringify(join(import.meta.dirname, 'data-dir.ts'))});
      holdDataDir(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    expect(runningOn(folder)).toBe(other.pid);
    expect(() => prepareDataDir(folder, { fresh: true })).toThrow(`process ${other.pid}`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(runningOn(folder)).toBeUndefined();
    expect(prepareDataDir(folder, { fresh: false })).toBe(folder);
  });

  it('a process id that came back for another process does not count', () => {
    const folder = prepareDataDir(aFolder(), { fresh: false });
    writeFileSync(join(folder, 'runtime.pid'), `${process.ppid} 1`);
    expect(runningOn(folder)).toBeUndefined();
  });
});

describe('publishEndpoint', () => {
  it('leaves the token to its owner only, and takes the endpoint away at the end', () => {
    const folder = prepareDataDir(aFolder(), { fresh: false });
    const release = holdDataDir(folder);
    writeFileSync(tokenPath(folder), 'old', { mode: 0o644 });
    publishEndpoint(folder, 'http://127.0.0.1:4400', 'secret');
    expect([readEndpoint(folder), readToken(folder)]).toEqual(['http://127.0.0.1:4400', 'secret']);
    expect(statSync(tokenPath(folder)).mode & 0o777).toBe(0o600);
    release();
    expect(readEndpoint(folder)).toBeUndefined();
    expect(existsSync(join(folder, 'runtime.pid'))).toBe(false);
  });
});
