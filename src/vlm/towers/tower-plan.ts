import type { BufferArena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { attentionStep } from '../../gpu/kernels/attention.ts';
import { layerNormStep } from '../../gpu/kernels/layer-norm.ts';
import { matmulStep } from '../../gpu/kernels/matmul.ts';
import type { Step } from '../../gpu/step.ts';
import { tensorFloats } from '../files/safetensors.ts';
import type { VisionSpec } from '../manifest/manifest.ts';
import { resolveStem } from '../manifest/stem.ts';
import { type DeviceLayer, planStem } from './stem-plan.ts';
import type { Features, TowerOutput } from './tower.ts';
import { type LayerWeights, type TowerWeights, tokensAlong } from './tower-weights.ts';

interface Norm {
  weight: GPUBuffer;
  bias: GPUBuffer;
}

/** A tower's weights on the device. */
export interface DeviceWeights {
  /** Of the stem, in its order. */
  layers: DeviceLayer[];
  posEmbed: GPUBuffer;
  blocks: {
    norm1: Norm;
    qkv: DeviceLayer;
    proj: DeviceLayer;
    norm2: Norm;
    fc1: DeviceLayer;
    fc2: DeviceLayer;
  }[];
  norm: Norm | null;
}

/** Every dispatch of a tower for one image size, in order, with the input and output buffers. */
export interface TowerPlan {
  steps: Step[];
  /** f32[height, width, bands]. */
  pixels: GPUBuffer;
  output: TowerOutput;
}

/** Uploads weights into `arena`: matrices as f16 if the device supports it; norms, biases and positions as f32. */
export function uploadTowerWeights(arena: BufferArena, weights: TowerWeights): DeviceWeights {
  const linear = (layer: LayerWeights, label: string): DeviceLayer => ({
    weight: arena.weights(layer.weight.data, layer.weight.shape[0]!, layer.weight.shape[1]!, label),
    bias: arena.bias(tensorFloats(layer.bias), `${label} bias`),
  });
  const norm = (layer: LayerWeights, label: string): Norm => ({
    weight: arena.upload(tensorFloats(layer.weight), label),
    bias: arena.upload(tensorFloats(layer.bias), `${label} bias`),
  });
  return {
    layers: weights.layers.map((layer, i) => linear(layer, `stem ${i}`)),
    posEmbed: arena.upload(tensorFloats(weights.posEmbed), 'position embedding'),
    blocks: weights.blocks.map((block, i) => ({
      norm1: norm(block.norm1, `block ${i} norm1`),
      qkv: linear(block.qkv, `block ${i} qkv`),
      proj: linear(block.proj, `block ${i} proj`),
      norm2: norm(block.norm2, `block ${i} norm2`),
      fc1: linear(block.fc1, `block ${i} fc1`),
      fc2: linear(block.fc2, `block ${i} fc2`),
    })),
    norm: weights.norm && norm(weights.norm, 'last norm'),
  };
}

/**
 * Plans a tower for images of height × width pixels: buffers in `arena`, kernels compiled and bound. Height and width
 * are multiples of the stem's largest cell. OUT_OF_MEMORY if a buffer exceeds the adapter's limit.
 */
export async function planTower(
  gpu: Gpu,
  arena: BufferArena,
  spec: VisionSpec,
  weights: DeviceWeights,
  height: number,
  width: number,
): Promise<TowerPlan> {
  const stem = resolveStem(spec, spec.bands);
  const tokens = tokensAlong(stem, height, 'height') * tokensAlong(stem, width, 'width');
  // All kernels compile at the same time. The end of this function awaits them in order.
  const steps: Promise<Step>[] = [];
  const pixels = { buffer: arena.floats(height * width * spec.bands, 'pixels'), height, width, channels: spec.bands };
  const [gridHeight, gridWidth] = spec.grid;
  const positions = { buffer: weights.posEmbed, height: gridHeight, width: gridWidth, channels: spec.width };
  const { tokens: stream, taps } = planStem(gpu, arena, stem, weights.layers, pixels, positions, steps);
  const out = planBlocks(gpu, arena, spec, weights, stream.buffer, tokens, steps);
  const tapped = [...taps].map(([name, map]): [string, Features] => [
    name,
    { buffer: map.buffer, dims: [1, map.height * map.width, map.channels] },
  ]);
  return {
    steps: await Promise.all(steps),
    pixels: pixels.buffer,
    output: { ...Object.fromEntries(tapped), tokens: { buffer: out, dims: [1, tokens, spec.width] } },
  };
}

/**
 * Plans the transformer blocks and, if there is one, the last norm on `stream` f32[tokens, width]. Returns the result's
 * buffer.
 */
function planBlocks(
  gpu: Gpu,
  arena: BufferArena,
  spec: VisionSpec,
  weights: DeviceWeights,
  stream: GPUBuffer,
  tokens: number,
  steps: Promise<Step>[],
): GPUBuffer {
  const { width, heads, mlp, eps } = spec;
  const headDim = width / heads;
  // A kernel may not write the buffer that it reads, so the stream alternates with `middle` twice per block.
  const middle = arena.floats(tokens * width, 'stream after attention');
  const normed = arena.floats(tokens * width, 'normed');
  const qkv = arena.floats(tokens * 3 * width, 'qkv');
  const mixed = arena.floats(tokens * width, 'mixed');
  const hidden = arena.floats(tokens * mlp, 'hidden');

  const norm = (x: GPUBuffer, layer: Norm, y: GPUBuffer) =>
    steps.push(layerNormStep(gpu, arena, { x, ...layer, y, rows: tokens, cols: width, eps }));
  const linear = (x: GPUBuffer, layer: DeviceLayer, y: GPUBuffer, activation: 'none' | 'gelu', residual?: GPUBuffer) =>
    steps.push(matmulStep(gpu, arena, { x, ...layer, ...(residual ? { residual } : {}), y, rows: tokens, activation }));

  for (const block of weights.blocks) {
    norm(stream, block.norm1, normed);
    linear(normed, block.qkv, qkv, 'none');
    steps.push(attentionStep(gpu, arena, { qkv, y: mixed, tokens, heads, headDim, scale: 1 / Math.sqrt(headDim) }));
    linear(mixed, block.proj, middle, 'none', stream);
    norm(middle, block.norm2, normed);
    linear(normed, block.fc1, hidden, 'gelu');
    linear(hidden, block.fc2, stream, 'none', middle);
  }
  if (!weights.norm) return stream;
  const out = arena.floats(tokens * width, 'tokens');
  norm(stream, weights.norm, out);
  return out;
}
