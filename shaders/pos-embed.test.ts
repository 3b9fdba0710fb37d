import { it } from 'vitest';
import { posEmbedStep } from '../src/gpu/kernels/pos-embed.ts';
import { randomFloats } from '../src/gpu/testing/compare.ts';
import { describeGpu, expectClose, runKernel } from '../src/gpu/testing/gpu-suite.ts';
import { type PosEmbedShape, posEmbedBound, posEmbedRef } from './pos-embed.ref.ts';

await describeGpu('pos-embed', (gpu) => {
  async function check(
    shape: PosEmbedShape,
    x: Float32Array,
    grid: Float32Array,
    expected = posEmbedRef(shape, x, grid),
  ) {
    const actual = await runKernel(gpu, shape.height * shape.width * shape.channels, (arena, y) =>
      posEmbedStep(gpu, arena, { ...shape, x: arena.upload(x, 'x'), grid: arena.upload(grid, 'grid'), y }),
    );
    expectClose(actual, expected, posEmbedBound(shape, x, grid));
  }

  // grid height, grid width, height, width, channels
  const sizes: [number, number, number, number, number][] = [
    [1, 1, 1, 1, 1],
    [1, 1, 5, 3, 7],
    [16, 16, 16, 16, 63],
    [16, 16, 32, 24, 3],
    [16, 16, 5, 7, 65],
    [4, 7, 13, 2, 16],
  ];
  it.each(sizes)('agrees with plain loops from %i × %i to %i × %i, %i channels', async (...size) => {
    const [gridHeight, gridWidth, height, width, channels] = size;
    const shape = { gridHeight, gridWidth, height, width, channels };
    const x = randomFloats(height * width * channels, 1);
    const grid = randomFloats(gridHeight * gridWidth * channels, 2);
    await check(shape, x, grid);
  });

  it('adds the grid unchanged at its own size', async () => {
    const shape = { gridHeight: 3, gridWidth: 5, height: 3, width: 5, channels: 2 };
    const grid = randomFloats(30, 3);
    await check(shape, new Float32Array(30), grid, grid);
  });

  it('splits a grid of more than 65,535 workgroups', async () => {
    const shape = { gridHeight: 2, gridWidth: 2, height: 2053, width: 2053, channels: 1 };
    const x = randomFloats(2053 * 2053, 1);
    const grid = randomFloats(4, 2);
    await check(shape, x, grid);
  });
});
