import { it } from 'vitest';
import { depthwiseStep } from '../src/gpu/kernels/depthwise.ts';
import { randomFloats, randomWeights } from '../src/gpu/testing/compare.ts';
import { describeGpu, expectClose, limitGroups, runKernel, weightsOn } from '../src/gpu/testing/gpu-suite.ts';
import { convOutSize } from './conv2d.ref.ts';
import { type DepthwiseShape, depthwiseBound, depthwiseRef } from './depthwise.ref.ts';

const base: DepthwiseShape = {
  inHeight: 9,
  inWidth: 11,
  channels: 8,
  kernel: 3,
  stride: 1,
  pad: 1,
  activation: 'none',
};

await describeGpu('depthwise', (gpu) => {
  async function check(shape: DepthwiseShape, groupLimit = 65_535) {
    const { inHeight, inWidth, channels, kernel, stride, pad, padAfter } = shape;
    const out = [inHeight, inWidth].map((size) => convOutSize(size, kernel, stride, pad, padAfter));
    const x = randomFloats(inHeight * inWidth * channels, 1, 4);
    const weight = randomWeights(kernel * kernel * channels, 2);
    const bias = randomFloats(channels, 3);
    const actual = await runKernel(gpu, out[0]! * out[1]! * channels, async (arena, y) => {
      const layer = {
        weight: arena.weights(weight, kernel * kernel, channels, 'weight'),
        bias: arena.bias(bias, 'bias'),
      };
      return limitGroups(
        await depthwiseStep(gpu, arena, { ...shape, x: arena.upload(x, 'x'), ...layer, y }),
        groupLimit,
      );
    });
    const inputs = [shape, x, weightsOn(gpu, weight), bias] as const;
    expectClose(actual, depthwiseRef(...inputs), depthwiseBound(...inputs));
  }

  it.each([1, 3, 4, 5, 13, 32])('takes %i channels', (channels) => check({ ...base, channels }));

  // TensorFlow's "same" padding of a stride of 2 puts the odd zero below and to the right: 0 and 1, 1 and 2.
  const geometries: [number, number, number, number][] = [
    [1, 1, 0, 0],
    [3, 1, 1, 1],
    [3, 2, 0, 1],
    [3, 2, 1, 0],
    [3, 2, 1, 1],
    [5, 1, 2, 2],
    [5, 2, 1, 2],
    [5, 2, 2, 1],
    [2, 3, 4, 0],
    [7, 4, 3, 3],
  ];
  it.each(geometries)(
    'takes a %i kernel with stride %i and padding %i and %i',
    async (kernel, stride, pad, padAfter) => {
      await check({ ...base, inHeight: 19, inWidth: 14, kernel, stride, pad, padAfter });
      await check({ ...base, inHeight: 8, inWidth: 12, kernel, stride, pad, padAfter });
    },
  );

  it.each(['none', 'gelu', 'relu6'] as const)('fuses the activation %s', (activation) =>
    check({ ...base, channels: 37, kernel: 5, pad: 2, activation }),
  );

  it.each([63, 64, 65])('covers %i threads', (inWidth) => check({ ...base, channels: 4, inHeight: 1, inWidth }));

  it('takes a single pixel', () => check({ ...base, inHeight: 1, inWidth: 1, channels: 1 }));

  it('numbers its threads over a grid split in two', () => check({ ...base, inHeight: 14, channels: 70 }, 7));
});
