import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'shaders/**/*.test.ts', 'cli/**/*.test.ts', 'bench/**/*.test.ts'],
    // Kernel tests share one software adapter; parallel files only slow each other down.
    fileParallelism: false,
    // A software adapter on a busy machine needs this long for the whole tower. It says nothing about a real one.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
