// Builds everything that is deployed into one folder: the bundled functions, config/, the console, openapi.json.
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build as esbuild } from 'esbuild';
import { wasmFile } from '../functions/safety/cedar.client.ts';
import { checkPolicies as check } from '../functions/safety/check-policies.ts';
import { checkDeps, configuredPolicies } from '../functions/safety/gate-deps.ts';
import { problemText } from '../functions/safety/policy-set.ts';

export const ROOT = join(import.meta.dirname, '..');
export const FUNCTIONS_FOLDER = join(ROOT, 'dist/functions');

const VERIFIER = 'verify-audit-export.mjs';
/** `require` for the CommonJS packages inside an ES module bundle. */
const BANNER =
  "import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);";

/** Builds all of it into `outDir`, which is emptied first. A handler or a config file that is broken ends the build. */
export async function build({ outDir = FUNCTIONS_FOLDER }: { outDir?: string } = {}): Promise<void> {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  await Promise.all([
    checkWorkflows(),
    bundleFunctions(outDir),
    buildConsole(join(ROOT, 'dist/console')),
    checkPolicies(),
  ]);
  const version = projectVersion();
  writeFileSync(join(outDir, 'package.json'), `${JSON.stringify({ type: 'module', version })}\n`);
  copyIfThere(join(ROOT, 'config'), join(outDir, 'config'));
  cpSync(wasmFile(), join(outDir, 'wasm', basename(wasmFile())));
  copyIfThere(join(ROOT, 'dist/console'), join(outDir, 'console'));
  // Served beside the console, for auditors to take home.
  mkdirSync(join(outDir, 'console'), { recursive: true });
  copyIfThere(join(ROOT, 'bin', VERIFIER), join(outDir, 'console', VERIFIER));
  await writeOpenApi(join(outDir, 'openapi.json'), version);
}

/** Handlers, and the threads that they start. One run with splitting: what functions share (the AWS SDK above all) is in the asset once. */
export async function bundleFunctions(outDir: string): Promise<void> {
  const entries = globSync('functions/*/*.{handler,worker}.ts', { cwd: ROOT });
  await esbuild({
    absWorkingDir: ROOT,
    entryPoints: entries.map((file) => ({
      in: file,
      out: file.slice('functions/'.length).replace(/(\.handler)?\.ts$/, ''),
    })),
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    banner: { js: BANNER },
    logLevel: 'warning',
  });
  const wasm = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  copyFileSync(wasm, join(outDir, 'agents/quickjs.wasm'));
}

/** Vite's build, when there is a console and it is newer than what was built from it. */
async function buildConsole(outDir: string): Promise<void> {
  const root = join(ROOT, 'console');
  if (!existsSync(join(root, 'index.html')) || isNewer(join(outDir, 'index.html'), root)) return;
  // Vite keeps what it finds here, and a test would get React as made for development, half as large again.
  process.env.NODE_ENV = 'production';
  const { build: vite } = await import('vite');
  await vite({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
}

function isNewer(built: string, sources: string): boolean {
  if (!existsSync(built)) return false;
  const builtAtMs = statSync(built).mtimeMs;
  return globSync('**/*.*', { cwd: sources }).every((file) => statSync(join(sources, file)).mtimeMs < builtAtMs);
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}

/**
 * The document of all rooms' routes: of every file that exports `routes`, the app of one function. Their handlers are not
 * called, so the rooms get no dependencies.
 */
async function writeOpenApi(file: string, version: string): Promise<void> {
  const rooms = globSync('functions/*/{routes,*-routes}.ts', { cwd: ROOT }).sort();
  if (rooms.length === 0) return;
  const { openApiOf } = await import('../functions/common/http.ts');
  const modules = await Promise.all(rooms.map((room) => import(pathToFileURL(join(ROOT, room)).href)));
  const apps = modules.flatMap(({ routes }) => (routes ? [routes({})] : []));
  writeFileSync(file, JSON.stringify(openApiOf(apps, version)));
}

/** A malformed policy ends the build with its file, line and column. */
async function checkPolicies(): Promise<void> {
  const checked = check(configuredPolicies(join(ROOT, 'config')), await checkDeps());
  if (checked.kind === 'wrong') throw new Error(`config/ is wrong:\n${checked.problems.map(problemText).join('\n')}`);
}

/** So does a workflow that is not in the States language. */
async function checkWorkflows(): Promise<void> {
  await once(new Worker(new URL('./check-workflows.ts', import.meta.url)), 'exit');
}

const projectVersion = (): string => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;

if (import.meta.main) await build();
