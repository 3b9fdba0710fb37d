import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'shaders/**/*.test.ts', 'cli/**/*.test.ts', 'bench/**/*.test.ts'],
    // Kernel tests share one software adapter; parallel files only make each other slow.
    fileParallelism: false,
    // A software adapter on a busy machine needs this long for the whole tower; it is no measure of a real one.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
