// Whether every workflow is in the States language. The build runs this in a thread: compiling the language's schema takes
// half a second of a core, and the other one has nothing to do meanwhile.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import validate from 'asl-validator';

const ROOT = join(import.meta.dirname, '..');
/** What stands for `${Name}`. */
const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:000000000000:function:$1';

/** Throws with the file and what is wrong in it. */
export function checkWorkflows(root = ROOT): void {
  for (const file of globSync('statemachines/*/*.asl.json', { cwd: root })) {
    const text = readFileSync(join(root, file), 'utf8');
    const { isValid, errorsText } = validate(JSON.parse(text.replaceAll(/\$\{(\w+)\}/g, FUNCTION_ARN)));
    if (!isValid) throw new Error(`${file} is wrong:\n${errorsText()}`);
  }
}

if (!isMainThread) checkWorkflows();
