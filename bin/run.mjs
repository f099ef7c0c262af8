// Runs a command of the project with its own Node 24 first on the path; signals and the exit code are passed on.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter } from 'node:path';
import { nodeBinary, toolsDir } from './install.mjs';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Resolves with the exit code; 128 + n when signal n ended the command. `cwd` is where relative paths start. */
export function run(command, args, cwd) {
  const env = { ...process.env, PATH: [toolsDir, process.env.PATH].filter(Boolean).join(delimiter) };
  const windows = process.platform === 'win32';
  const child = spawn(command === 'node' ? nodeBinary : command, args, { cwd, env, stdio: 'inherit', shell: windows });
  const forward = (signal) => child.kill(signal);
  for (const signal of forwarded) process.on(signal, forward);
  const orphaned = whenParentEnds(() => forward('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(orphaned);
      for (const name of forwarded) process.off(name, forward);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

// npm runs us through a shell that ends with a signal meant for us and does not pass it on.
function whenParentEnds(act) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, 500);
  return timer;
}
