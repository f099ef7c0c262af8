// npm run test:mutation [-- part of a name …]: how many small mistakes in the decision code the tests beside it find.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DECISION_FILES } from './decision-files.ts';
import { type Mutant, mutate } from './mutants.ts';

export type Job = { file: string; tests: string[]; ids: number[]; answers: string };
type Answer = { id: number; state: 'killed' | 'survived' | 'not reached'; by?: string; failed?: string };

const root = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'lazyark-mutation-'));
const STALLED_MS = 25_000;
const LOOK_EVERY_MS = 5_000;
const SCORE_MIN = 0.85;

/** What became of each mutant; one that makes its tests hang counts as killed, and the rest go on without it. */
async function tried(file: string, tests: readonly string[], mutants: readonly Mutant[]): Promise<Map<number, Answer>> {
  const done = new Map<number, Answer>();
  for (;;) {
    const ids = mutants.map(({ id }) => id).filter((id) => !done.has(id));
    if (ids.length === 0) return done;
    const answers = join(scratch, 'answers.jsonl');
    writeFileSync(answers, '');
    const job: Job = { file: join(root, file), tests: tests.map((path) => join(root, path)), ids, answers };
    const errors = await runJob(job);
    const [asItIs, ...others] = answersIn(answers);
    if (!asItIs || asItIs.failed)
      throw new Error(`${file}: the tests fail without a mutant: ${asItIs?.failed ?? errors}`);
    for (const answer of others) done.set(answer.id, answer);
    const hung = ids.find((id) => !done.has(id));
    if (hung !== undefined) done.set(hung, { id: hung, state: 'killed', by: 'it did not end' });
  }
}

const answersIn = (path: string): Answer[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);

function runJob(job: Job): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'job.ts'), JSON.stringify(job)], { cwd: root });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors = `${errors}${data}`.slice(-4_000);
  });
  child.stdout.resume();
  let [size, sinceMs] = [-1, Date.now()];
  const watch = setInterval(() => {
    const now = answersIn(job.answers).length;
    if (now !== size) [size, sinceMs] = [now, Date.now()];
    else if (Date.now() - sinceMs > STALLED_MS) child.kill('SIGKILL');
  }, LOOK_EVERY_MS);
  return new Promise((resolve) => {
    child.on('exit', () => {
      clearInterval(watch);
      resolve(errors);
    });
  });
}

const wanted = process.argv.slice(2);
const chosen = Object.entries(DECISION_FILES).filter(
  ([file]) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
);
let [killed, all, isBelow] = [0, 0, false];
for (const [file, tests] of chosen) {
  const beganMs = Date.now();
  const { mutants } = mutate(readFileSync(join(root, file), 'utf8'));
  const answers = await tried(file, tests, mutants).catch((error: Error) => error);
  if (answers instanceof Error) {
    console.error(answers.message);
    isBelow = true;
    continue;
  }
  const left = mutants.filter(({ id }) => answers.get(id)?.state !== 'killed');
  const score = (mutants.length - left.length) / mutants.length;
  const seconds = Math.round((Date.now() - beganMs) / 1_000);
  const found = mutants.length - left.length;
  console.log(
    JSON.stringify({ file, score: Math.round(score * 1_000) / 10, killed: found, mutants: mutants.length, seconds }),
  );
  for (const { id, line, was, becomes } of left)
    console.log(`  ${file}:${line} ${answers.get(id)?.state}: ${was}  →  ${becomes || '(nothing)'}`);
  killed += mutants.length - left.length;
  all += mutants.length;
  isBelow ||= score < SCORE_MIN;
}
rmSync(scratch, { recursive: true });
console.log(
  JSON.stringify({ files: chosen.length, score: Math.round((killed / all) * 1_000) / 10, killed, mutants: all }),
);
process.exitCode = isBelow ? 1 : 0;
