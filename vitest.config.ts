import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'shaders/**/*.test.ts', 'cli/**/*.test.ts', 'bench/**/*.test.ts'],
    // Kernel tests share one software adapter; parallel files only make each other slow.
    fileParallelism: false,
    testTimeout: 60_000,
  },
});
