// Makes sure that what package-lock.json names is installed. No dependencies; any Node from 20 on can run it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const modules = join(projectRoot, 'node_modules');
export const toolsDir = join(modules, '.bin');
const windows = process.platform === 'win32';
export const nodeBinary = join(toolsDir, windows ? 'node.cmd' : 'node');
const stampFile = join(modules, '.lazyark-installed');
const lockFile = join(projectRoot, '.lazyark-installing');
const LOOK_EVERY_MS = 200;
/** No installation takes as long. A process id may be another's by then, after a restart of the machine for instance. */
const LOCK_AGE_MS_MAX = 15 * 60_000;

export class InstallFailed extends Error {
  name = 'InstallFailed';
}

/** Installs when node_modules is absent or older than package-lock.json. Throws InstallFailed with what to do. */
export function ensureInstalled() {
  const lock = readFileSync(join(projectRoot, 'package-lock.json'));
  const stamp = createHash('sha256').update(lock).digest('hex');
  if (!isInstalled(lock, stamp)) oneAtATime(() => install(lock, stamp));
  writeStamp(stamp);
}

// Whoever had to wait finds it installed.
function install(lock, stamp) {
  if (isInstalled(lock, stamp)) return;
  process.stderr.write('Installing packages (once; a minute or two with an empty cache) …\n');
  npmInstall();
  checkNode();
  writeStamp(stamp);
}

// Two npm ci in one folder delete each other's files. The file holds who installs; one whose process is gone counts for nothing.
function oneAtATime(work) {
  for (let told = false; !takesLock(); told = true) {
    if (!told) process.stderr.write(`Waiting for an installation that is under way (process ${read(lockFile)}) …\n`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
  try {
    work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function takesLock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isAbandoned()) rmSync(lockFile, { force: true });
    return false;
  }
}

function isAbandoned() {
  const takenAtMs = statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs;
  if (takenAtMs === undefined) return false;
  const holder = Number(read(lockFile));
  return Date.now() - takenAtMs > LOCK_AGE_MS_MAX || (holder > 0 && !isAlive(holder));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function isInstalled(lock, stamp) {
  if (!existsSync(nodeBinary)) return false;
  return read(stampFile) === stamp || holdsWhatTheLockNames(lock);
}

// Somebody who ran npm by hand has no stamp; npm's own list of what it put there answers instead.
function holdsWhatTheLockNames(lock) {
  const listed = read(join(modules, '.package-lock.json'));
  if (!listed) return false;
  const installed = JSON.parse(listed).packages;
  return Object.entries(JSON.parse(lock).packages).every(
    ([path, wanted]) =>
      path === '' || (installed[path] ? installed[path].version === wanted.version : Boolean(wanted.optional)),
  );
}

function npmInstall() {
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  // npm's words go to stderr: stdout belongs to the command that runs afterwards
  const done = spawnSync('npm', args, { cwd: projectRoot, stdio: ['ignore', 2, 2], env: outsideEnv(), shell: windows });
  if (done.error) throw new InstallFailed(`npm could not be started (${done.error.message}). It comes with Node.js.`);
  if (done.status !== 0) {
    throw new InstallFailed(
      `Installing the packages failed: npm ci ended with ${done.status ?? done.signal}; its lines above say why. ` +
        'It needs the package registry that npm is set up for; run the same command again when that answers.',
    );
  }
}

function checkNode() {
  const asked = spawnSync(nodeBinary, ['--version'], { encoding: 'utf8', shell: windows });
  if (asked.status === 0 && asked.stdout.startsWith('v24.')) return;
  throw new InstallFailed(
    'The packages are installed, but Node 24 (the npm package "node") is not usable. ' +
      'It is fetched by its install script: install without --ignore-scripts.',
  );
}

// npm must not run on the Node that it is about to replace
function outsideEnv() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== toolsDir);
  return { ...process.env, PATH: path.join(delimiter) };
}

function writeStamp(stamp) {
  if (read(stampFile) !== stamp) writeFileSync(stampFile, stamp);
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
