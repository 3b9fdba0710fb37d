import { expect, it } from 'vitest';
import { floatsToHalves } from '../src/gpu/half.ts';
import { type MatmulInit, matmulStep } from '../src/gpu/kernels/matmul.ts';
import { chooseTiling, largeTiles, smallTiles, type Tiling } from '../src/gpu/kernels/tiling.ts';
import { randomFloats, randomWeights } from '../src/gpu/testing/compare.ts';
import { describeGpu, expectClose, limitGroups, runKernel, weightsOn } from '../src/gpu/testing/gpu-suite.ts';
import { type MatmulShape, matmulBound, matmulRef } from './matmul.ref.ts';

await describeGpu('matmul', (gpu) => {
  async function check(shape: MatmulShape, tiling: Tiling, withResidual: boolean, groupLimit = 65_535) {
    const { rows, inner, cols, activation } = shape;
    const x = randomFloats(rows * inner, 1);
    const weight = randomWeights(inner * cols, 2, 2 / Math.sqrt(inner));
    const bias = randomFloats(cols, 3);
    const residual = withResidual ? randomFloats(rows * cols, 4) : null;
    const actual = await runKernel(gpu, rows * cols, async (arena, y) => {
      const init: MatmulInit = {
        x: arena.upload(x, 'x'),
        weight: arena.weights(weight, inner, cols, 'weight'),
        bias: arena.bias(bias, 'bias'),
        y,
        rows,
        activation,
        tiling,
      };
      if (residual) init.residual = arena.upload(residual, 'residual');
      return limitGroups(await matmulStep(gpu, arena, init), groupLimit);
    });
    const inputs = [shape, x, weightsOn(gpu, weight), bias, residual] as const;
    expectClose(actual, matmulRef(...inputs), matmulBound(...inputs));
  }

  const tilings = [
    ['small', smallTiles],
    ['large', largeTiles],
  ] as const;
  for (const [name, tiling] of tilings) {
    const { tileM, tileN, tileK } = tiling;
    // rows, inner, cols: one, a prime, and one less than, exactly and one more than a tile.
    const sizes: [number, number, number][] = [
      [1, 1, 1],
      [37, 41, 43],
      [tileM - 1, tileK - 1, tileN - 1],
      [tileM, tileK, tileN],
      [tileM + 1, tileK + 1, tileN + 1],
      [1, 3 * tileK, 2 * tileN + 1],
    ];
    it.each(sizes)(`agrees with plain loops in ${name} tiles at %i × %i × %i`, async (rows, inner, cols) => {
      await check({ rows, inner, cols, activation: 'none' }, tiling, false);
    });

    it(`fuses bias, activation and residual in ${name} tiles`, async () => {
      await check({ rows: 37, inner: 64, cols: 70, activation: 'gelu' }, tiling, true);
      await check({ rows: 37, inner: 64, cols: 70, activation: 'none' }, tiling, true);
      await check({ rows: 37, inner: 64, cols: 70, activation: 'gelu' }, tiling, false);
      await check({ rows: 37, inner: 64, cols: 70, activation: 'relu6' }, tiling, true);
    });
  }

  it('multiplies with weights given as f32 or as f16, rounded to nearest where the device keeps f16', async () => {
    // 1 + 2^-11 lies halfway between two halves and goes to the even one below, 1 + 3 · 2^-11 to the one above.
    const given = new Float32Array([1 + 2 ** -11, 1 + 3 * 2 ** -11, -0.1, 65_504, 2 ** -14, 0]);
    const rounded = new Float32Array([1, 1 + 2 ** -9, -0.0999755859375, 65_504, 2 ** -14, 0]);
    const timesOne = (weight: Float32Array | Uint16Array) =>
      runKernel(gpu, 6, (arena, y) =>
        matmulStep(gpu, arena, {
          x: arena.upload(new Float32Array([1]), 'x'),
          weight: arena.weights(weight, 1, 6, 'weight'),
          bias: arena.bias(new Float32Array(6), 'bias'),
          y,
          rows: 1,
          activation: 'none',
        }),
      );
    expect(await timesOne(given)).toEqual(gpu.f16 ? rounded : given);
    expect(await timesOne(floatsToHalves(given))).toEqual(rounded);
  });

  it('keeps GELU finite for large arguments and passes NaN on', async () => {
    const x = new Float32Array([-1e9, -50, -10, 0, 10, 50, 1e9, Number.NaN]);
    const [one, none] = [new Float32Array([1]), new Float32Array([0])];
    const actual = await runKernel(gpu, 8, (arena, y) =>
      matmulStep(gpu, arena, {
        x: arena.upload(x, 'x'),
        weight: arena.weights(one, 1, 1, 'weight'),
        bias: arena.bias(none, 'bias'),
        y,
        rows: 8,
        activation: 'gelu',
      }),
    );
    const bound = matmulBound({ rows: 7, inner: 1, cols: 1, activation: 'gelu' }, x, one, none, null);
    expectClose(actual.subarray(0, 7), new Float32Array([0, 0, 0, 0, 10, 50, 1e9]), bound);
    expect(actual[7]).toBeNaN();
  });

  it('holds ReLU6 between 0 and 6', async () => {
    const x = new Float32Array([-1e9, -1, 0, 0.5, 5.5, 6, 6.5, 1e9]);
    const actual = await runKernel(gpu, 8, (arena, y) =>
      matmulStep(gpu, arena, {
        x: arena.upload(x, 'x'),
        weight: arena.weights(new Float32Array([1]), 1, 1, 'weight'),
        bias: arena.bias(new Float32Array([0]), 'bias'),
        y,
        rows: 8,
        activation: 'relu6',
      }),
    );
    expect(actual).toEqual(new Float32Array([0, 0, 0, 0.5, 5.5, 6, 6, 6]));
  });

  it('numbers its tiles over a grid split in two', async () => {
    await check({ rows: 5 * 32, inner: 3, cols: 3 * 32, activation: 'none' }, smallTiles, false, 4);
  });

  it('takes large tiles only where enough remain', () => {
    expect(chooseTiling(256, 768)).toBe(smallTiles);
    expect(chooseTiling(16_384, 128)).toBe(largeTiles);
  });
});
