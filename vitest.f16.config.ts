import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The tests whose numbers depend on the element type of weights, for a second run on a device with shader-f16. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['shaders/**/*.test.ts', 'src/gpu/**/*.test.ts', 'src/vlm/towers/**/*.test.ts'],
  },
});
