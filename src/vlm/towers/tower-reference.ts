import { attentionRef } from '../../../shaders/attention.ref.ts';
import { conv2dRef } from '../../../shaders/conv2d.ref.ts';
import { layerNormRef } from '../../../shaders/layer-norm.ref.ts';
import { matmulRef } from '../../../shaders/matmul.ref.ts';
import { posEmbedRef } from '../../../shaders/pos-embed.ref.ts';
import type { VisionSpec } from '../manifest.ts';
import { tensorFloats } from '../safetensors.ts';
import { type BlockWeights, type LayerWeights, type TowerWeights, tokensAlong } from './tower-weights.ts';

/**
 * The vision tower in plain loops, for tests at tiny sizes: the same sums as wgsl-tower.ts, in f64 within a kernel.
 * pixels f32[height, width, bands]; tokens f32[tokens, width], fine f32[cells, channels], row-major.
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
export function blockReference(spec: VisionSpec, block: BlockWeights, x: Float32Array, tokens: number): Float32Array {
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
