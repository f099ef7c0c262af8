// The stories on the embedded runtime.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { type Runtime, startRuntime } from '../../local/main.ts';
import { stories } from './stories.ts';

const folder = mkdtempSync(join(tmpdir(), 'lazyark-journeys-'));
let runtime: Runtime | undefined;

async function connect() {
  const assembly = await ensureAssembly({ quiet: true });
  runtime = await startRuntime({ assembly, dataDir: join(folder, 'data'), port: 0 });
  return { endpoint: runtime.url, token: await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '') };
}

stories(connect, { patienceMs: 50_000, bodyLimit: true, crashesReported: true, signs: true });

afterAll(async () => {
  await runtime?.stop();
  rmSync(folder, { recursive: true, force: true });
});
