// Adds up what the suites left in the report folder. Arguments: the folder, then <suite>=<exit code> for each suite.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...suites] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

for (const suite of suites) {
  const [name, code] = suite.split('=');
  const counts = countsOf(name, Number(code));
  for (const kind of Object.keys(total)) total[kind] += counts[kind];
  console.log(`${name}: ${lineOf(counts)}`);
}
console.log(lineOf(total));
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function lineOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

// A suite that ends badly without a failed test to show for it (it crashed, or took too long) is one failure; one that
// ends well without a report was skipped as a whole.
function countsOf(name, code) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const tests = read(`${name.replace(':', '-')}.vitest.json`);
  const checks = read(`${name}.checks.json`) ?? [];
  for (const { passed } of checks) counts[passed ? 'passed' : 'failed'] += 1;
  if (tests) {
    counts.passed += tests.numPassedTests;
    counts.failed += tests.numFailedTests;
    counts.skipped += tests.numPendingTests + tests.numTodoTests;
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  if (code === 0 && !tests && checks.length === 0) counts.skipped = 1;
  return counts;
}

function read(name) {
  const file = join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
