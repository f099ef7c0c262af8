// `cdk bootstrap` and `cdk deploy` with the pinned CLI, as anybody would do it on AWS.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MiniStack, REGION } from './server.ts';
import { runTool } from './tool.ts';

const ROOT = join(import.meta.dirname, '../..');
const ACCOUNT = '000000000000';
/** What is different there: MiniStack's Secrets Manager refuses rotation schedules. */
const CONTEXT = ['operatorTokenRotationDays=0', 'auditWindowSeconds=0', 'agentsSendOutcomes=true'].flatMap(
  (setting) => ['-c', setting],
);

export type Deployment = { outputs: Record<string, string>; remove(): void };

/** Throws with what the CLI said when one of the two fails. */
export async function deploy({ env }: MiniStack, signal: AbortSignal): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'lazyark-deploy-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const outputsFile = join(folder, 'outputs.json');
    const app = ['--output', join(folder, 'cdk.out'), ...CONTEXT];
    const approved = ['--all', '--require-approval', 'never', '--outputs-file', outputsFile];
    // Not from the project's folder: the CLI would synthesize the app for it.
    await cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], folder, env, signal);
    await cdk(['deploy', ...approved, ...app], ROOT, env, signal);
    const stacks = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
    return { outputs: Object.assign({}, ...Object.values(stacks)), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function cdk(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  const options = ['--no-color', '--no-notices', '--ci'];
  const { code, said } = await runTool('cdk', [...args, ...options], { cwd, env, signal, quiet: true });
  process.stdout.write(`cdk ${args[0]}: ${((performance.now() - startMs) / 1_000).toFixed(1)} s\n`);
  if (code !== 0) throw new Error(`cdk ${args[0]} ended with ${code}:\n${said.slice(-6_000)}`);
}
