import { it } from 'vitest';
import { attentionStep, attentionTile } from '../src/gpu/kernels/attention.ts';
import { randomFloats } from '../src/gpu/testing/compare.ts';
import { describeGpu, expectClose, limitGroups, runKernel } from '../src/gpu/testing/gpu-suite.ts';
import { attentionBound, attentionRef } from './attention.ref.ts';

await describeGpu('attention', (gpu) => {
  async function check(
    tokens: number,
    heads: number,
    headDim: number,
    options: { qkv?: Float32Array; groupLimit?: number } = {},
  ) {
    const shape = { tokens, heads, headDim, scale: 1 / Math.sqrt(headDim) };
    const values = options.qkv ?? randomFloats(tokens * 3 * heads * headDim, 1, 2);
    const actual = await runKernel(gpu, tokens * heads * headDim, async (arena, y) => {
      const step = await attentionStep(gpu, arena, { ...shape, qkv: arena.upload(values, 'qkv'), y });
      return limitGroups(step, options.groupLimit ?? 65_535);
    });
    expectClose(actual, attentionRef(shape, values), attentionBound(shape, values));
  }

  const tile = attentionTile(64);
  it.each([1, 37, tile - 1, tile, tile + 1, 2 * tile, 256])('agrees with plain softmax over %i tokens', (tokens) =>
    check(tokens, 3, 64),
  );

  it.each([1, 3, 17, 63, 65, 128])('takes heads of %i values', (headDim) => check(19, 2, headDim));

  it('follows a maximum that grows from tile to tile, and scores that would overflow exp', async () => {
    const tokens = 5 * tile;
    const headDim = 8;
    const qkv = randomFloats(tokens * 3 * headDim, 5);
    for (let token = 0; token < tokens; token++) {
      // Scores of token · 12 / sqrt(8), up to about 335.
      qkv[token * 3 * headDim] = 4;
      qkv[token * 3 * headDim + headDim] = token * 3;
    }
    await check(tokens, 1, headDim, { qkv });
  });

  it('follows scores that are all far below zero', async () => {
    const tokens = tile + 3;
    const qkv = randomFloats(tokens * 3 * 4, 6);
    for (let token = 0; token < tokens; token++) {
      qkv[token * 12] = 60;
      qkv[token * 12 + 4] = -60;
    }
    // Scores near -1800 are rounded to 1.2e-4 in f32, and so are the weights' ratios: the bound is wide here.
    await check(tokens, 1, 4, { qkv });
  });

  it('numbers its tiles over a grid split in two', () => check(5 * tile, 3, 8, { groupLimit: 4 }));
});
