import type { BiasVector, BufferArena, WeightMatrix } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { attentionStep } from '../../gpu/kernels/attention.ts';
import { conv2dStep } from '../../gpu/kernels/conv2d.ts';
import { layerNormStep } from '../../gpu/kernels/layer-norm.ts';
import { matmulStep } from '../../gpu/kernels/matmul.ts';
import { posEmbedStep } from '../../gpu/kernels/pos-embed.ts';
import type { Step } from '../../gpu/step.ts';
import { tensorFloats } from '../files/safetensors.ts';
import type { VisionSpec } from '../manifest/manifest.ts';
import { type LayerWeights, type TowerWeights, tokensAlong } from './tower-weights.ts';

interface Linear {
  weight: WeightMatrix;
  bias: BiasVector;
}

interface Norm {
  weight: GPUBuffer;
  bias: GPUBuffer;
}

/** A tower's weights on the device. */
export interface DeviceWeights {
  stem: Linear[];
  posEmbed: GPUBuffer;
  blocks: { norm1: Norm; qkv: Linear; proj: Linear; norm2: Norm; fc1: Linear; fc2: Linear }[];
  norm: Norm | null;
}

/** Every dispatch of a tower for one image size, in order, with the input and output buffers. */
export interface TowerPlan {
  steps: Step[];
  /** f32[height, width, bands]. */
  pixels: GPUBuffer;
  /** f32[rows · cols, width]. */
  tokens: GPUBuffer;
  /** f32[fine rows · fine cols, channels]: the input of the stem's last layer. */
  fine: GPUBuffer;
  tokensDims: [number, number, number];
  fineDims: [number, number, number];
}

/** Uploads weights into `arena`: matrices as f16 if the device supports it; norms, biases and positions as f32. */
export function uploadTowerWeights(arena: BufferArena, weights: TowerWeights): DeviceWeights {
  const linear = (layer: LayerWeights, label: string): Linear => ({
    weight: arena.weights(layer.weight.data, layer.weight.shape[0]!, layer.weight.shape[1]!, label),
    bias: arena.bias(tensorFloats(layer.bias), `${label} bias`),
  });
  const norm = (layer: LayerWeights, label: string): Norm => ({
    weight: arena.upload(tensorFloats(layer.weight), label),
    bias: arena.upload(tensorFloats(layer.bias), `${label} bias`),
  });
  return {
    stem: weights.stem.map((layer, i) => linear(layer, `stem ${i}`)),
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
 * are multiples of the patch. OUT_OF_MEMORY if a buffer exceeds the adapter's limit.
 */
export async function planTower(
  gpu: Gpu,
  arena: BufferArena,
  spec: VisionSpec,
  weights: DeviceWeights,
  height: number,
  width: number,
): Promise<TowerPlan> {
  const rows = tokensAlong(spec, height, 'height');
  const cols = tokensAlong(spec, width, 'width');
  const tokens = rows * cols;
  // All kernels compile at the same time. The end of this function awaits them in order.
  const steps: Promise<Step>[] = [];

  const sizedAs = (count: number, label: string) => arena.floats(count, label);
  const pixels = sizedAs(height * width * spec.bands, 'pixels');
  const stream = sizedAs(tokens * spec.width, 'stream');
  const sameGrid = rows === spec.grid[0] && cols === spec.grid[1];
  const last = spec.stem.length - 1;
  // At the grid it was trained on, the position embedding is added as the residual of the last convolution.
  const fusedPositions = sameGrid && !spec.stem[last]!.residual;
  const stemOut = fusedPositions ? stream : sizedAs(tokens * spec.width, 'stem out');

  let x = pixels;
  let fine = pixels;
  let [inHeight, inWidth] = [height, width];
  for (const [i, conv] of spec.stem.entries()) {
    const outHeight = inHeight / conv.stride;
    const outWidth = inWidth / conv.stride;
    const y = i === last ? stemOut : sizedAs(outHeight * outWidth * conv.out, conv.name);
    const residual = conv.residual ? x : i === last && fusedPositions ? weights.posEmbed : undefined;
    const { k: kernel, stride, pad } = conv;
    steps.push(
      conv2dStep(gpu, arena, {
        x,
        ...weights.stem[i]!,
        ...(residual ? { residual } : {}),
        y,
        inHeight,
        inWidth,
        inChannels: conv.in,
        kernel,
        stride,
        pad,
        activation: conv.act === 'gelu_tanh' ? 'gelu' : 'none',
      }),
    );
    fine = x;
    x = y;
    [inHeight, inWidth] = [outHeight, outWidth];
  }
  if (!fusedPositions) {
    const [gridHeight, gridWidth] = spec.grid;
    const size = { gridHeight, gridWidth, height: rows, width: cols, channels: spec.width };
    steps.push(posEmbedStep(gpu, arena, { x: stemOut, grid: weights.posEmbed, y: stream, ...size }));
  }

  const out = planBlocks(gpu, arena, spec, weights, stream, tokens, steps);
  const lastConv = spec.stem[last]!;
  const fineCells = rows * cols * lastConv.stride * lastConv.stride;
  return {
    steps: await Promise.all(steps),
    pixels,
    tokens: out,
    fine,
    tokensDims: [1, tokens, spec.width],
    fineDims: [1, fineCells, lastConv.in],
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
  const linear = (x: GPUBuffer, layer: Linear, y: GPUBuffer, activation: 'none' | 'gelu', residual?: GPUBuffer) =>
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
