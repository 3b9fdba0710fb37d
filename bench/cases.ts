import { attentionBound, attentionRef } from '../shaders/attention.ref.ts';
import { conv2dBound, conv2dRef } from '../shaders/conv2d.ref.ts';
import { depthwiseBound, depthwiseRef } from '../shaders/depthwise.ref.ts';
import { layerNormBound, layerNormRef } from '../shaders/layer-norm.ref.ts';
import { matmulBound, matmulRef } from '../shaders/matmul.ref.ts';
import { posEmbedBound, posEmbedRef } from '../shaders/pos-embed.ref.ts';
import type { BufferArena } from '../src/gpu/buffers.ts';
import type { Gpu } from '../src/gpu/device.ts';
import type { Activation } from '../src/gpu/kernels/activation.ts';
import { attentionStep } from '../src/gpu/kernels/attention.ts';
import { conv2dStep } from '../src/gpu/kernels/conv2d.ts';
import { depthwiseStep } from '../src/gpu/kernels/depthwise.ts';
import { layerNormStep } from '../src/gpu/kernels/layer-norm.ts';
import { matmulStep } from '../src/gpu/kernels/matmul.ts';
import { posEmbedStep } from '../src/gpu/kernels/pos-embed.ts';
import type { Step } from '../src/gpu/step.ts';
import { randomFloats } from '../src/gpu/testing/compare.ts';

/** One kernel at one size of the embedded model's tower. */
export interface BenchCase {
  name: string;
  build(
    gpu: Gpu,
    arena: BufferArena,
  ): Promise<{ step: Step; y: GPUBuffer; count: number; expected: () => Float32Array; bound: () => Float64Array }>;
}

function conv(
  name: string,
  side: number,
  inChannels: number,
  kernel: number,
  stride: number,
  outChannels: number,
): BenchCase {
  return {
    name: `conv2d ${name} ${side}²×${inChannels} k${kernel} s${stride} → ${outChannels}`,
    async build(gpu, arena) {
      const activation: Activation = 'gelu';
      const pad = (kernel - 1) / 2;
      const shape = { inHeight: side, inWidth: side, inChannels, kernel, stride, pad, outChannels, activation };
      const inner = kernel * kernel * inChannels;
      const count = (side / stride) ** 2 * outChannels;
      const x = randomFloats(side * side * inChannels, 1);
      const weight = halfExact(randomFloats(inner * outChannels, 2));
      const bias = randomFloats(outChannels, 3);
      const y = arena.floats(count, 'y');
      const step = await conv2dStep(gpu, arena, {
        ...shape,
        x: arena.upload(x, 'x'),
        weight: arena.weights(weight, inner, outChannels, 'weight'),
        bias: arena.bias(bias, 'bias'),
        y,
      });
      const inputs = [shape, x, weight, bias, null] as const;
      return { step, y, count, expected: () => conv2dRef(...inputs), bound: () => conv2dBound(...inputs) };
    },
  };
}

function depthwise(name: string, side: number, channels: number, kernel: number, stride: number): BenchCase {
  return {
    name: `depthwise ${name} ${side}²×${channels} k${kernel} s${stride}`,
    async build(gpu, arena) {
      const activation: Activation = 'relu6';
      const [pad, padAfter] = stride === 1 ? [(kernel - 1) / 2, (kernel - 1) / 2] : [1, kernel - stride - 1];
      const shape = { inHeight: side, inWidth: side, channels, kernel, stride, pad, padAfter, activation };
      const count = (side / stride) ** 2 * channels;
      const x = randomFloats(side * side * channels, 1, 4);
      const weight = halfExact(randomFloats(kernel * kernel * channels, 2));
      const bias = randomFloats(channels, 3);
      const y = arena.floats(count, 'y');
      const step = await depthwiseStep(gpu, arena, {
        ...shape,
        x: arena.upload(x, 'x'),
        weight: arena.weights(weight, kernel * kernel, channels, 'weight'),
        bias: arena.bias(bias, 'bias'),
        y,
      });
      const inputs = [shape, x, weight, bias] as const;
      return { step, y, count, expected: () => depthwiseRef(...inputs), bound: () => depthwiseBound(...inputs) };
    },
  };
}

function linear(name: string, rows: number, inner: number, cols: number, activation: Activation = 'none'): BenchCase {
  return {
    name: `matmul ${name} ${rows}×${inner}×${cols}`,
    async build(gpu, arena) {
      const x = randomFloats(rows * inner, 1);
      const weight = halfExact(randomFloats(inner * cols, 2));
      const bias = randomFloats(cols, 3);
      const y = arena.floats(rows * cols, 'y');
      const step = await matmulStep(gpu, arena, {
        x: arena.upload(x, 'x'),
        weight: arena.weights(weight, inner, cols, 'weight'),
        bias: arena.bias(bias, 'bias'),
        y,
        rows,
        activation,
      });
      const inputs = [{ rows, inner, cols, activation }, x, weight, bias, null] as const;
      return {
        step,
        y,
        count: rows * cols,
        expected: () => matmulRef(...inputs),
        bound: () => matmulBound(...inputs),
      };
    },
  };
}

function norm(rows: number, cols: number): BenchCase {
  return {
    name: `layer-norm ${rows}×${cols}`,
    async build(gpu, arena) {
      const shape = { rows, cols, eps: 1e-6 };
      const [x, weight, bias] = [randomFloats(rows * cols, 1), randomFloats(cols, 2), randomFloats(cols, 3)];
      const y = arena.floats(rows * cols, 'y');
      const buffers = {
        x: arena.upload(x, 'x'),
        weight: arena.upload(weight, 'weight'),
        bias: arena.upload(bias, 'bias'),
      };
      const step = await layerNormStep(gpu, arena, { ...shape, ...buffers, y });
      const inputs = [shape, x, weight, bias] as const;
      return {
        step,
        y,
        count: rows * cols,
        expected: () => layerNormRef(...inputs),
        bound: () => layerNormBound(...inputs),
      };
    },
  };
}

function attention(tokens: number, heads: number, headDim: number): BenchCase {
  return {
    name: `attention ${tokens} tokens, ${heads}×${headDim}`,
    async build(gpu, arena) {
      const shape = { tokens, heads, headDim, scale: 1 / Math.sqrt(headDim) };
      const qkv = randomFloats(tokens * 3 * heads * headDim, 1, 2);
      const count = tokens * heads * headDim;
      const y = arena.floats(count, 'y');
      const step = await attentionStep(gpu, arena, { ...shape, qkv: arena.upload(qkv, 'qkv'), y });
      return { step, y, count, expected: () => attentionRef(shape, qkv), bound: () => attentionBound(shape, qkv) };
    },
  };
}

function positions(side: number, toSide: number, channels: number): BenchCase {
  return {
    name: `pos-embed ${side}² → ${toSide}² ×${channels}`,
    async build(gpu, arena) {
      const shape = { gridHeight: side, gridWidth: side, height: toSide, width: toSide, channels };
      const count = toSide * toSide * channels;
      const [x, grid] = [randomFloats(count, 1), randomFloats(side * side * channels, 2)];
      const y = arena.floats(count, 'y');
      const step = await posEmbedStep(gpu, arena, {
        ...shape,
        x: arena.upload(x, 'x'),
        grid: arena.upload(grid, 'grid'),
        y,
      });
      const inputs = [shape, x, grid] as const;
      return { step, y, count, expected: () => posEmbedRef(...inputs), bound: () => posEmbedBound(...inputs) };
    },
  };
}

/** Weights that f16 represents exactly, so that one reference serves both element types. */
function halfExact(values: Float32Array): Float32Array {
  return values.map((value) => Math.round(value * 512) / 4096);
}

/** The kernels at the embedded model's sizes for a 256 × 256 tile, and those of EfficientNet-Lite2's stages. */
export const benchCases: readonly BenchCase[] = [
  conv('conv1', 256, 4, 7, 4, 128),
  conv('conv2', 64, 128, 3, 2, 192),
  conv('conv2b', 32, 192, 3, 1, 192),
  conv('conv3', 32, 192, 3, 2, 256),
  depthwise('stage 1', 128, 96, 3, 2),
  depthwise('stage 2', 32, 288, 5, 1),
  depthwise('stage 5', 16, 720, 5, 2),
  linear('expand of stage 1', 16_384, 16, 96, 'relu6'),
  linear('project of stage 5', 64, 1248, 208),
  linear('qkv', 256, 256, 768),
  linear('proj', 256, 256, 256),
  linear('fc1', 256, 256, 768, 'gelu'),
  linear('fc2', 256, 768, 256),
  norm(256, 256),
  attention(256, 4, 64),
  positions(16, 32, 256),
];
