import { it } from 'vitest';
import { layerNormStep } from '../src/gpu/kernels/layer-norm.ts';
import { randomFloats } from '../src/gpu/testing/compare.ts';
import { describeGpu, expectClose, limitGroups, runKernel } from '../src/gpu/testing/gpu-suite.ts';
import { layerNormBound, layerNormRef } from './layer-norm.ref.ts';

await describeGpu('layer-norm', (gpu) => {
  async function check(rows: number, cols: number, x: Float32Array, options: { groupLimit?: number } = {}) {
    const shape = { rows, cols, eps: 1e-6 };
    const weight = randomFloats(cols, 2);
    const bias = randomFloats(cols, 3);
    const actual = await runKernel(gpu, rows * cols, async (arena, y) => {
      const step = await layerNormStep(gpu, arena, {
        ...shape,
        x: arena.upload(x, 'x'),
        weight: arena.upload(weight, 'weight'),
        bias: arena.upload(bias, 'bias'),
        y,
      });
      return limitGroups(step, options.groupLimit ?? 65_535);
    });
    const inputs = [shape, x, weight, bias] as const;
    expectClose(actual, layerNormRef(...inputs), layerNormBound(...inputs));
  }

  const sizes: [number, number][] = [
    [1, 1],
    [7, 41],
    [3, 63],
    [3, 64],
    [3, 65],
    [5, 256],
    [2, 1031],
  ];
  it.each(sizes)('agrees with plain loops at %i × %i', (rows, cols) =>
    check(rows, cols, randomFloats(rows * cols, 1, 3)),
  );

  it('keeps precision if the mean is far larger than the spread', async () => {
    // mean of squares minus square of mean would lose everything here: squares near 1e8 are rounded to 8, and the variance
    // is 0.09. The bound, from the rounding of the mean, is near 0.05.
    const x = randomFloats(4 * 256, 1).map((v) => 1e4 + Math.round(v * 4) / 8);
    await check(4, 256, x);
  });

  it('gives the bias for a constant row', () => check(1, 100, new Float32Array(100).fill(5)));

  it('numbers its rows over a grid split in two', () => check(23, 5, randomFloats(115, 1), { groupLimit: 5 }));
});
