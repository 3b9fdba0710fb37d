import { describe, it } from 'vitest';
import type { BufferArena } from '../src/gpu/buffers.ts';
import type { Gpu } from '../src/gpu/device.ts';
import { attentionStep } from '../src/gpu/kernels/attention.ts';
import { conv2dStep } from '../src/gpu/kernels/conv2d.ts';
import { depthwiseStep } from '../src/gpu/kernels/depthwise.ts';
import { layerNormStep } from '../src/gpu/kernels/layer-norm.ts';
import { matmulStep } from '../src/gpu/kernels/matmul.ts';
import { posEmbedStep } from '../src/gpu/kernels/pos-embed.ts';
import { golden, goldenNote } from '../src/gpu/testing/goldens.ts';
import { describeGpu, expectClose, runKernel, weightsOn } from '../src/gpu/testing/gpu-suite.ts';
import { attentionBound, attentionRef } from './attention.ref.ts';
import { conv2dBound, conv2dRef } from './conv2d.ref.ts';
import { depthwiseBound, depthwiseRef } from './depthwise.ref.ts';
import { layerNormBound, layerNormRef } from './layer-norm.ref.ts';
import { matmulBound, matmulRef } from './matmul.ref.ts';
import { posEmbedBound, posEmbedRef } from './pos-embed.ref.ts';
import { magnitudesOf } from './rounding.ts';

/** The same cases, from PyTorch, for the references here and for the kernels below. */

function convCase(name: string) {
  const x = golden(`${name}.x`);
  const [, inHeight, inWidth, inChannels] = x.shape as [number, number, number, number];
  const shape = {
    inHeight,
    inWidth,
    inChannels,
    kernel: goldenNote(name, 'k'),
    stride: goldenNote(name, 'stride'),
    pad: goldenNote(name, 'pad'),
    outChannels: goldenNote(name, 'cout'),
    activation: 'gelu' as const,
  };
  return { shape, x: x.data, ...layer(name), y: golden(`${name}.y`).data };
}

function depthwiseCase(name: string) {
  const x = golden(`${name}.x`);
  const [, inHeight, inWidth, channels] = x.shape as [number, number, number, number];
  const shape = {
    inHeight,
    inWidth,
    channels,
    kernel: goldenNote(name, 'k'),
    stride: goldenNote(name, 'stride'),
    pad: goldenNote(name, 'pad'),
    padAfter: goldenNote(name, 'padAfter'),
    activation: 'relu6' as const,
  };
  return { shape, x: x.data, ...layer(name), y: golden(`${name}.y`).data };
}

function linearCase(name: string, activation: 'none' | 'gelu') {
  const { shape, data } = golden(`${name}.x`);
  const cols = golden(`${name}.bias`).shape[0]!;
  const y = golden(activation === 'gelu' ? `${name}.y_gelu` : `${name}.y`).data;
  return { shape: { rows: shape[0]!, inner: shape[1]!, cols, activation }, x: data, ...layer(name), y };
}

function normCase() {
  const { shape, data } = golden('layernorm.x');
  const sizes = { rows: shape[0]!, cols: shape[1]!, eps: goldenNote('layernorm', 'eps') };
  return { shape: sizes, x: data, ...layer('layernorm'), y: golden('layernorm.y').data };
}

function attentionCase(name: string) {
  const { shape, data } = golden(`${name}.qkv`);
  const headDim = goldenNote(name, 'headDim');
  const sizes = { tokens: shape[0]!, heads: goldenNote(name, 'heads'), headDim, scale: 1 / Math.sqrt(headDim) };
  return { shape: sizes, qkv: data, y: golden(`${name}.y`).data };
}

function posCase(name: string) {
  const grid = golden(`${name}.x`);
  const y = golden(`${name}.y`);
  const [gridHeight, gridWidth, channels] = grid.shape as [number, number, number];
  const [height, width] = y.shape as [number, number, number];
  const x = new Float32Array(y.data.length);
  return { shape: { gridHeight, gridWidth, height, width, channels }, x, grid: grid.data, y: y.data };
}

function layer(name: string) {
  return { weight: golden(`${name}.weight`).data, bias: golden(`${name}.bias`).data };
}

const convs = ['conv_a', 'conv_b', 'conv_c'];
const depthwises = ['depthwise_a', 'depthwise_b', 'depthwise_c'];
const linears = ['linear_a', 'linear_b'].flatMap((name) => [[name, 'none'] as const, [name, 'gelu'] as const]);
const attentions = ['attention_a', 'attention_b'];
const positions = ['pos_up', 'pos_down'];

describe('references against PyTorch', () => {
  it.each(convs)('conv2d %s', (name) => {
    const { shape, x, weight, bias, y } = convCase(name);
    const inputs = [shape, x, weight, bias, null] as const;
    expectClose(conv2dRef(...inputs), y, conv2dBound(...inputs));
  });
  it.each(depthwises)('depthwise %s', (name) => {
    const { shape, x, weight, bias, y } = depthwiseCase(name);
    expectClose(depthwiseRef(shape, x, weight, bias), y, depthwiseBound(shape, x, weight, bias));
  });
  it.each(linears)('matmul %s %s', (name, activation) => {
    const { shape, x, weight, bias, y } = linearCase(name, activation);
    const inputs = [shape, x, weight, bias, null] as const;
    expectClose(matmulRef(...inputs), y, matmulBound(...inputs));
  });
  it('layer-norm', () => {
    const { shape, x, weight, bias, y } = normCase();
    expectClose(layerNormRef(shape, x, weight, bias), y, layerNormBound(shape, x, weight, bias));
  });
  it.each(attentions)('attention %s', (name) => {
    const { shape, qkv, y } = attentionCase(name);
    expectClose(attentionRef(shape, qkv), y, attentionBound(shape, qkv));
  });
  it.each(positions)('pos-embed %s', (name) => {
    const { shape, x, grid, y } = posCase(name);
    expectClose(posEmbedRef(shape, x, grid), y, posEmbedBound(shape, x, grid));
  });
});

/** PyTorch's f32 and the kernel's each have the same bound from the exact value. */
const both = (bound: Float64Array) => bound.map((value) => 2 * value);

await describeGpu('kernels against PyTorch', (gpu) => {
  it.each(convs)('conv2d %s', async (name) => {
    const { shape, x, weight, bias, y: expected } = convCase(name);
    const inner = shape.kernel ** 2 * shape.inChannels;
    const actual = await runKernel(gpu, expected.length, (arena, y) => {
      const layers = deviceLayer(arena, weight, bias, inner, shape.outChannels);
      return conv2dStep(gpu, arena, { ...shape, x: arena.upload(x, 'x'), ...layers, y });
    });
    const moved = conv2dRef(...movedBy(gpu, shape, x, weight, bias));
    expectClose(actual, expected, plus(both(conv2dBound(shape, x, weight, bias, null)), moved));
  });

  it.each(depthwises)('depthwise %s', async (name) => {
    const { shape, x, weight, bias, y: expected } = depthwiseCase(name);
    const actual = await runKernel(gpu, expected.length, (arena, y) => {
      const layers = deviceLayer(arena, weight, bias, shape.kernel ** 2, shape.channels);
      return depthwiseStep(gpu, arena, { ...shape, x: arena.upload(x, 'x'), ...layers, y });
    });
    const [plain, magnitudes, moved, zeros] = movedBy(gpu, shape, x, weight, bias);
    const change = depthwiseRef(plain, magnitudes, moved, zeros);
    expectClose(actual, expected, plus(both(depthwiseBound(shape, x, weight, bias)), change));
  });

  it.each(linears)('matmul %s %s', async (name, activation) => {
    const { shape, x, weight, bias, y: expected } = linearCase(name, activation);
    const actual = await runKernel(gpu, expected.length, (arena, y) => {
      const layers = deviceLayer(arena, weight, bias, shape.inner, shape.cols);
      return matmulStep(gpu, arena, { x: arena.upload(x, 'x'), ...layers, y, rows: shape.rows, activation });
    });
    const moved = matmulRef(...movedBy(gpu, shape, x, weight, bias));
    expectClose(actual, expected, plus(both(matmulBound(shape, x, weight, bias, null)), moved));
  });

  it('layer-norm', async () => {
    const { shape, x, weight, bias, y: expected } = normCase();
    const actual = await runKernel(gpu, expected.length, (arena, y) =>
      layerNormStep(gpu, arena, {
        ...shape,
        x: arena.upload(x, 'x'),
        weight: arena.upload(weight, 'weight'),
        bias: arena.upload(bias, 'bias'),
        y,
      }),
    );
    expectClose(actual, expected, both(layerNormBound(shape, x, weight, bias)));
  });

  it.each(attentions)('attention %s', async (name) => {
    const { shape, qkv, y: expected } = attentionCase(name);
    const actual = await runKernel(gpu, expected.length, (arena, y) =>
      attentionStep(gpu, arena, { ...shape, qkv: arena.upload(qkv, 'qkv'), y }),
    );
    expectClose(actual, expected, both(attentionBound(shape, qkv)));
  });

  it.each(positions)('pos-embed %s', async (name) => {
    const { shape, x, grid, y: expected } = posCase(name);
    const actual = await runKernel(gpu, expected.length, (arena, y) =>
      posEmbedStep(gpu, arena, { ...shape, x: arena.upload(x, 'x'), grid: arena.upload(grid, 'grid'), y }),
    );
    expectClose(actual, expected, both(posEmbedBound(shape, x, grid)));
  });
});

function deviceLayer(arena: BufferArena, weight: Float32Array, bias: Float32Array, inner: number, cols: number) {
  return { weight: arena.weights(weight, inner, cols, 'weight'), bias: arena.bias(bias, 'bias') };
}

/**
 * Inputs for a reference that then gives how far the device's weights take the result from PyTorch's, which multiplied
 * with f32: Σ|x · Δw|. Δw is what f16 rounds off, or all of a subnormal, which a device may flush to zero; on a device
 * that keeps f32 it is nothing.
 */
function movedBy<S extends object>(gpu: Gpu, shape: S, x: Float32Array, weight: Float32Array, bias: Float32Array) {
  const kept = weightsOn(gpu, weight);
  const isFlushed = (value: number) => gpu.f16 && Math.abs(value) < 2 ** -14;
  const moved = weight.map((value, i) => Math.abs(isFlushed(value) ? value : value - kept[i]!));
  return [
    { ...shape, activation: 'none' as const },
    magnitudesOf(x),
    moved,
    new Float32Array(bias.length),
    null,
  ] as const;
}

/** `bound`, plus the effect of changed weights after GELU, whose slope is at most 1.129. */
function plus(bound: Float64Array, moved: Float32Array): Float64Array {
  return bound.map((value, i) => value + 1.13 * moved[i]!);
}
