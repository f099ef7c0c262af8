// Three kinds of tests: unit (one file or one room), e2e (whole stories on the embedded runtime), faults (with kills).
import { defineConfig } from 'vitest/config';

const shared = { environment: 'node' as const, pool: 'threads' as const, maxWorkers: 2 };

export default defineConfig({
  test: {
    ...shared,
    reporters: [['default', { summary: false }]],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          setupFiles: ['test/seed.ts'],
          // Some tests synthesize or bundle the whole: seconds on a busy machine.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: [
            '{functions,lib,local,bin,config}/**/*.test.{ts,mjs}',
            'console/**/*.test.{ts,tsx}',
            'test/{architecture,authorization,bench,statemachines}/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/journeys/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
