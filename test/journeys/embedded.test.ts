// The stories on the embedded runtime, and what only that can show: a right that the template lacks is missed at once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ensureAssembly } from '../../bin/build.ts';
import { type Runtime, startRuntime } from '../../local/main.ts';
import { stories } from './stories.ts';

const folder = mkdtempSync(join(tmpdir(), 'lazyark-journeys-'));
let runtime: Runtime | undefined;

stories(async () => {
  const assembly = await ensureAssembly({ quiet: true });
  runtime = await startRuntime({ assembly, dataDir: join(folder, 'data'), port: 0 });
  return { endpoint: runtime.url, token: await runtime.secret(runtime.outputs.OperatorTokenSecretName ?? '') };
});

afterAll(async () => {
  await runtime?.stop();
  rmSync(folder, { recursive: true, force: true });
});
