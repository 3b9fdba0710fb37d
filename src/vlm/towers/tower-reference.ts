import { attentionRef } from '../../../shaders/attention.ref.ts';
import { conv2dRef } from '../../../shaders/conv2d.ref.ts';
import { layerNormRef } from '../../../shaders/layer-norm.ref.ts';
import { matmulRef } from '../../../shaders/matmul.ref.ts';
import { posEmbedRef } from '../../../shaders/pos-embed.ref.ts';
import { gamma } from '../../../shaders/rounding.ts';
import { tensorFloats } from '../files/safetensors.ts';
import type { VisionSpec } from '../manifest/manifest.ts';
import { type BlockWeights, type LayerWeights, patchSize, type TowerWeights, tokensAlong } from './tower-weights.ts';

/**
 * The vision tower in plain loops, for tests at tiny sizes. It computes the same sums as wgsl-tower.ts, in f64 within a
 * kernel. pixels f32[height, width, bands]; tokens f32[tokens, width], fine f32[cells, channels], row-major. It uses
 * matrices at the file's precision: if the file holds f16, devices that keep f16 and devices that keep f32 agree.
 */
export function towerReference(
  spec: VisionSpec,
  weights: TowerWeights,
  pixels: Float32Array,
  height: number,
  width: number,
): { tokens: Float32Array; fine: Float32Array } {
  let x = pixels;
  let fine = pixels;
  let [inHeight, inWidth] = [height, width];
  for (const [i, conv] of spec.stem.entries()) {
    fine = x;
    const shape = {
      inHeight,
      inWidth,
      inChannels: conv.in,
      kernel: conv.k,
      stride: conv.stride,
      pad: conv.pad,
      outChannels: conv.out,
      activation: conv.act === 'gelu_tanh' ? ('gelu' as const) : ('none' as const),
    };
    const layer = floats(weights.stem[i]!);
    x = conv2dRef(shape, x, layer.weight, layer.bias, conv.residual ? x : null);
    [inHeight, inWidth] = [inHeight / conv.stride, inWidth / conv.stride];
  }
  const [rows, cols] = [tokensAlong(spec, height, 'height'), tokensAlong(spec, width, 'width')];
  const [gridHeight, gridWidth] = spec.grid;
  const grid = { gridHeight, gridWidth, height: rows, width: cols, channels: spec.width };
  x = posEmbedRef(grid, x, tensorFloats(weights.posEmbed));
  for (const block of weights.blocks) x = blockReference(spec, block, x, rows * cols);
  return { tokens: weights.norm ? norm(spec, weights.norm, x, rows * cols) : x, fine };
}

/** One pre-norm transformer block on x f32[tokens, width]. */
function blockReference(spec: VisionSpec, block: BlockWeights, x: Float32Array, tokens: number): Float32Array {
  const { width, heads, mlp } = spec;
  const headDim = width / heads;
  const linear = (
    layer: LayerWeights,
    input: Float32Array,
    inner: number,
    cols: number,
    activation: 'none' | 'gelu',
    residual: Float32Array | null,
  ) => {
    const { weight, bias } = floats(layer);
    return matmulRef({ rows: tokens, inner, cols, activation }, input, weight, bias, residual);
  };
  const qkv = linear(block.qkv, norm(spec, block.norm1, x, tokens), width, 3 * width, 'none', null);
  const mixed = attentionRef({ tokens, heads, headDim, scale: 1 / Math.sqrt(headDim) }, qkv);
  const y = linear(block.proj, mixed, width, width, 'none', x);
  const hidden = linear(block.fc1, norm(spec, block.norm2, y, tokens), width, mlp, 'gelu', null);
  return linear(block.fc2, hidden, mlp, width, 'none', y);
}

function norm(spec: VisionSpec, layer: LayerWeights, x: Float32Array, rows: number): Float32Array {
  const { weight, bias } = floats(layer);
  return layerNormRef({ rows, cols: spec.width, eps: spec.eps }, x, weight, bias);
}

function floats(layer: LayerWeights): { weight: Float32Array; bias: Float32Array } {
  return { weight: tensorFloats(layer.weight), bias: tensorFloats(layer.bias) };
}

/**
 * How far an f32 tower may be from exact numbers, to first order, for values of about one. A sum of n terms adds
 * gamma(n), and later layers pass an error on undiminished. The bound follows the longest path from a pixel.
 */
export function towerTolerance(spec: VisionSpec, height: number, width: number): Record<'fine' | 'tokens', Allowed> {
  const tokens = (height * width) / patchSize(spec) ** 2;
  const convs = spec.stem.map((conv) => conv.k * conv.k * conv.in + 1);
  const norm = 2 * spec.width;
  const attention = spec.width / spec.heads + tokens;
  const block = norm + spec.width + attention + spec.width + norm + spec.width + spec.mlp;
  const stem = sum(convs);
  const all = stem + spec.depth * block + (spec.finalNorm === false ? 0 : norm);
  return { fine: allow(stem - convs.at(-1)!), tokens: allow(all) };
}

interface Allowed {
  atol: number;
  rtol: number;
}

function allow(roundings: number): Allowed {
  return { atol: gamma(roundings), rtol: gamma(roundings) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
