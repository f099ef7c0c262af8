#!/usr/bin/env node
// The `lazyark` command (npx lazyark …): installs what is missing, then runs the command line on Node 24.
import { join } from 'node:path';
import { ensureInstalled, InstallFailed, projectRoot } from './install.mjs';
import { run } from './run.mjs';

try {
  ensureInstalled();
  process.exitCode = await run('node', [join(projectRoot, 'bin/cli.ts'), ...process.argv.slice(2)], process.cwd());
} catch (error) {
  if (!(error instanceof InstallFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
