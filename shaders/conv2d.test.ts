import { it } from 'vitest';
import { type Conv2dInit, conv2dStep } from '../src/gpu/kernels/conv2d.ts';
import { largeTiles, smallTiles, type Tiling } from '../src/gpu/kernels/tiling.ts';
import { randomFloats, randomWeights } from '../src/gpu/testing/compare.ts';
import { describeGpu, expectClose, limitGroups, runKernel, weightsOn } from '../src/gpu/testing/gpu-suite.ts';
import { type Conv2dShape, conv2dBound, conv2dRef, convOutSize } from './conv2d.ref.ts';

const base: Conv2dShape = {
  inHeight: 9,
  inWidth: 11,
  inChannels: 3,
  kernel: 3,
  stride: 1,
  pad: 1,
  outChannels: 8,
  activation: 'none',
};

await describeGpu('conv2d', (gpu) => {
  async function check(shape: Conv2dShape, options: { tiling?: Tiling; residual?: boolean; groupLimit?: number } = {}) {
    const { inHeight, inWidth, inChannels, kernel, stride, pad, padAfter, outChannels } = shape;
    const inner = kernel * kernel * inChannels;
    const out = [inHeight, inWidth].map((size) => convOutSize(size, kernel, stride, pad, padAfter));
    const count = out[0]! * out[1]! * outChannels;
    const x = randomFloats(inHeight * inWidth * inChannels, 1);
    const weight = randomWeights(inner * outChannels, 2, 2 / Math.sqrt(inner));
    const bias = randomFloats(outChannels, 3);
    const residual = options.residual ? randomFloats(count, 4) : null;
    const actual = await runKernel(gpu, count, async (arena, y) => {
      const init: Conv2dInit = {
        ...shape,
        x: arena.upload(x, 'x'),
        weight: arena.weights(weight, inner, outChannels, 'weight'),
        bias: arena.bias(bias, 'bias'),
        y,
        ...(options.tiling ? { tiling: options.tiling } : {}),
        ...(residual ? { residual: arena.upload(residual, 'residual') } : {}),
      };
      return limitGroups(await conv2dStep(gpu, arena, init), options.groupLimit ?? 65_535);
    });
    const inputs = [shape, x, weightsOn(gpu, weight), bias, residual] as const;
    expectClose(actual, conv2dRef(...inputs), conv2dBound(...inputs));
  }

  it.each([1, 3, 4, 5, 13])('takes %i bands', (inChannels) => check({ ...base, inChannels }));

  const geometries: [number, number, number][] = [
    [1, 1, 0],
    [2, 2, 0],
    [3, 2, 1],
    [4, 4, 0],
    [5, 3, 4],
    [7, 4, 3],
  ];
  it.each(geometries)('takes a %i kernel with stride %i and padding %i', (kernel, stride, pad) =>
    check({ ...base, inHeight: 19, inWidth: 14, kernel, stride, pad }),
  );

  // As TensorFlow pads an even side for a stride of 2.
  it.each([
    [3, 2, 0, 1],
    [5, 2, 1, 2],
    [3, 2, 1, 0],
  ])(
    'takes a %i kernel with stride %i and other padding before (%i) than after (%i)',
    (kernel, stride, pad, padAfter) => check({ ...base, inHeight: 12, inWidth: 14, kernel, stride, pad, padAfter }),
  );

  for (const [name, tiling] of [
    ['small', smallTiles],
    ['large', largeTiles],
  ] as const) {
    it.each([-1, 0, 1])(`covers a tile of rows and columns %i in ${name} tiles`, async (beyond) => {
      const inWidth = tiling.tileM + beyond;
      const outChannels = tiling.tileN + beyond;
      await check(
        { ...base, inHeight: 1, inWidth, outChannels, kernel: 1, pad: 0, inChannels: 16 + beyond },
        { tiling },
      );
    });

    it(`fuses activation and residual in ${name} tiles`, async () => {
      await check({ ...base, activation: 'gelu', outChannels: 37 }, { tiling, residual: true });
      await check({ ...base, activation: 'none', outChannels: 37 }, { tiling, residual: true });
      await check({ ...base, inChannels: 40, activation: 'relu6', outChannels: 37 }, { tiling, residual: true });
    });
  }

  it('takes a single pixel', () => check({ ...base, inHeight: 1, inWidth: 1, outChannels: 1, inChannels: 1 }));

  it('numbers its tiles over a grid split in two', () =>
    check({ ...base, inHeight: 14, outChannels: 70 }, { tiling: smallTiles, groupLimit: 4 }));
});
