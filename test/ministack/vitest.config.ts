// Apart from the other tests: these need what run.ts starts.
import { defineConfig } from 'vitest/config';

// Its DynamoDB adds a number to whatever is there; AWS and dynoxide refuse.
const differs = ['refuses adding to a text', 'refuses adding to null'];

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    testNamePattern: new RegExp(`^(?!.*(${differs.join('|')}))`),
    reporters: [['default', { summary: false }]],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
