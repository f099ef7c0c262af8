// The synthesized app for the embedded runtime, made again only when something it is made from has changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';

export { build } from './bundle.ts';

const INPUTS = [
  'bin/{build,bundle,check-workflows,lazyark,synthesize}.ts',
  'bin/verify-audit-export.mjs',
  'lib/**',
  'functions/**',
  'statemachines/**',
  'config/**',
  'console/**',
];
const FILES = ['package-lock.json', 'package.json', 'cdk.json', 'tsconfig.json'];
// Not cdk.out: whoever runs `cdk synth -c stage=prod` there does not change what runs here.
const ASSEMBLY = join(ROOT, 'dist/assembly');
const MADE_FROM = join(ROOT, 'dist/assembly.sha256');

export class SynthFailed extends Error {
  override name = 'SynthFailed';
}

/**
 * The folder of an assembly that fits the sources. An unchanged tree costs some milliseconds, a changed one a build
 * and a synthesis. `quiet` keeps what the tools say to the error, if there is one. Throws SynthFailed.
 */
export async function ensureAssembly({ quiet = false }: { quiet?: boolean } = {}): Promise<string> {
  const inputs = hashOfInputs();
  if (isMadeFrom(inputs)) return ASSEMBLY;
  rmSync(MADE_FROM, { force: true });
  await synthesize(quiet);
  writeFileSync(MADE_FROM, inputs);
  return ASSEMBLY;
}

function isMadeFrom(inputs: string): boolean {
  return (
    existsSync(join(ASSEMBLY, 'manifest.json')) && existsSync(MADE_FROM) && readFileSync(MADE_FROM, 'utf8') === inputs
  );
}

/** Of names and contents: time stamps change with every checkout. Tests are no part of what is deployed. */
export function hashOfInputs(root = ROOT): string {
  const files = globSync(INPUTS, { cwd: root, exclude: (name) => name.endsWith('.test.ts') })
    .filter((file) => statSync(join(root, file)).isFile())
    .concat(FILES.filter((file) => existsSync(join(root, file))))
    .sort();
  const hash = createHash('sha256').update(process.version);
  for (const file of files) hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/**
 * As the CDK CLI does it, without the CLI: the app runs in a process of its own and leaves the assembly behind.
 * CDK's validation of the template is left to `cdk synth` and the tests: it takes longer than all the rest.
 */
function synthesize(quiet: boolean): Promise<void> {
  rmSync(ASSEMBLY, { recursive: true, force: true });
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const app = spawn(process.execPath, ['bin/lazyark.ts'], {
    cwd: ROOT,
    env: { ...process.env, CDK_OUTDIR: ASSEMBLY, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: 'false' },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
  });
  const said: string[] = [];
  for (const stream of [app.stdout, app.stderr]) stream?.on('data', (text) => said.push(String(text)));
  return new Promise((resolve, reject) => {
    app.on('error', reject);
    app.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new SynthFailed(`The app could not be synthesized (exit code ${code}).\n${said.join('').trim()}`));
    });
  });
}
