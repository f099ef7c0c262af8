// One file's mutants in a process of its own, so that one that hangs can be ended. run.ts starts it.
import { join } from 'node:path';
import { createVitest } from 'vitest/node';
import { mutate } from './mutants.ts';
import type { Job } from './run.ts';

const job = JSON.parse(process.argv[2] ?? '{}') as Job;
const vitest = await createVitest(
  'test',
  {
    config: false,
    watch: false,
    // What is cached on disk would outlive the mutants.
    fsModuleCache: false,
    root: join(import.meta.dirname, '../..'),
    include: ['test/mutation/mutants.spec.ts'],
    setupFiles: ['test/seed.ts'],
    pool: 'threads',
    maxWorkers: 1,
    testTimeout: 10_000,
    hookTimeout: 20_000,
    reporters: process.env.SHOW ? ['verbose'] : [{}],
    dangerouslyIgnoreUnhandledErrors: true,
  },
  {
    plugins: [
      {
        name: 'mutants',
        enforce: 'pre',
        transform: (code, id) => (id.split('?')[0] === job.file ? { code: mutate(code).code, map: null } : undefined),
      },
    ],
  },
);
vitest.provide('job' as never, job as never);
await vitest.start();
for (const error of vitest.state.getUnhandledErrors()) console.error(error);
await vitest.close();
process.exit(0);
