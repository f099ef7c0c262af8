// Apart from the other tests: these need what run.ts starts.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['ministack.test.ts'],
    reporters: [['default', { summary: false }]],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
