import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['e2e/*/*.test.ts'],
    globalSetup: ['e2e/harness/global-setup.ts'],
    // One browser at a time: the model and a software adapter each use the whole machine.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
});
