// The test projects: unit runs in seconds and needs nothing; e2e and faults start the embedded runtime.
import { defineConfig } from 'vitest/config';

const slow = ['test/e2e/**', 'test/faults/**', 'test/ministack/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{bin,console,functions,lib,local,test}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', ...slow],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
