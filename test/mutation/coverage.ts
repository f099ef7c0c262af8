// node test/mutation/coverage.ts: which share of the branches of the decision code the tests beside it take, per file.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DECISION_FILES } from './decision-files.ts';

const root = join(import.meta.dirname, '../..');
const tests = [...new Set(Object.values(DECISION_FILES).flat())];
const included = Object.keys(DECISION_FILES).map((file) => `--coverage.include=${file}`);
const folder = mkdtempSync(join(tmpdir(), 'lazyark-coverage-'));
const args = [
  'run',
  '--project',
  'unit',
  '--coverage',
  '--coverage.reporter=text',
  `--coverage.reportsDirectory=${folder}`,
];
const bin = join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [bin, ...args, ...included, ...tests], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
