import { attentionRef } from '../../../shaders/attention.ref.ts';
import { conv2dRef } from '../../../shaders/conv2d.ref.ts';
import { depthwiseRef } from '../../../shaders/depthwise.ref.ts';
import { layerNormRef } from '../../../shaders/layer-norm.ref.ts';
import { matmulRef } from '../../../shaders/matmul.ref.ts';
import { posEmbedRef } from '../../../shaders/pos-embed.ref.ts';
import { gamma } from '../../../shaders/rounding.ts';
import { tensorFloats } from '../files/safetensors.ts';
import type { VisionSpec } from '../manifest/manifest.ts';
import { resolveStem } from '../manifest/stem.ts';
import { activationOf } from './stem-plan.ts';
import { type BlockWeights, kernelInputs, type LayerWeights, type TowerWeights, tokensAlong } from './tower-weights.ts';

/**
 * The vision tower in plain loops, for tests at tiny sizes. It computes the same sums as wgsl-tower.ts, in f64 within a
 * kernel. pixels f32[height, width, bands]; tokens f32[tokens, width] and each tap f32[cells, channels], row-major. It uses
 * matrices at the file's precision: if the file holds f16, devices that keep f16 and devices that keep f32 agree.
 */
export function towerReference(
  spec: VisionSpec,
  weights: TowerWeights,
  pixels: Float32Array,
  height: number,
  width: number,
): Record<string, Float32Array> {
  const stem = resolveStem(spec, spec.bands);
  const image = { values: pixels, height, width };
  const maps: (typeof image)[] = [];
  const mapAt = (at: number) => (at < 0 ? image : maps[at]!);
  for (const [i, node] of stem.nodes.entries()) {
    const { values, height: inHeight, width: inWidth } = mapAt(node.from);
    const { k: kernel, stride, pad, in: inChannels, out: outChannels, act } = node.layer;
    const { weight, bias } = floats(weights.layers[i]!);
    const shape = { inHeight, inWidth, kernel, stride, pad, padAfter: node.padAfter, activation: activationOf(act) };
    const y = node.depthwise
      ? depthwiseRef({ ...shape, channels: outChannels }, values, weight, bias)
      : conv2dRef({ ...shape, inChannels, outChannels }, values, weight, bias, null);
    const size = { height: inHeight / stride, width: inWidth / stride };
    const added = node.residual === null ? null : mapAt(node.residual);
    maps.push({ ...size, values: added ? addResized(y, size, added, outChannels) : y });
  }
  const last = maps.at(-1)!;
  const [rows, cols] = [tokensAlong(stem, height, 'height'), tokensAlong(stem, width, 'width')];
  const positions = { values: tensorFloats(weights.posEmbed), height: spec.grid[0], width: spec.grid[1] };
  let x = addResized(last.values, last, positions, spec.width);
  for (const block of weights.blocks) x = blockReference(spec, block, x, rows * cols);
  return {
    ...Object.fromEntries(stem.taps.map(({ name, at }) => [name, mapAt(at).values])),
    tokens: weights.norm ? norm(spec, weights.norm, x, rows * cols) : x,
  };
}

/** x f32[size, channels] plus another map resized to its grid. */
function addResized(
  x: Float32Array,
  size: { height: number; width: number },
  { values, height: gridHeight, width: gridWidth }: { values: Float32Array; height: number; width: number },
  channels: number,
): Float32Array {
  return posEmbedRef({ gridHeight, gridWidth, height: size.height, width: size.width, channels }, x, values);
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
 * How far an f32 tower's outputs may be from exact numbers, by their names, to first order, for values of about one. A sum of n
 * terms adds gamma(n), and later layers pass an error on undiminished. The bound follows the longest path from a pixel.
 */
export function towerTolerance(spec: VisionSpec, height: number, width: number): Record<string, Allowed> {
  const { nodes, taps, patchPx } = resolveStem(spec, spec.bands);
  const paths: number[] = [];
  const pathTo = (at: number | null) => (at === null || at < 0 ? 0 : paths[at]!);
  for (const { layer, from, residual } of nodes) {
    paths.push(kernelInputs(layer) + 1 + Math.max(pathTo(from), pathTo(residual)));
  }
  const tokens = (height * width) / patchPx ** 2;
  const norm = 2 * spec.width;
  const attention = spec.width / spec.heads + tokens;
  const block = norm + spec.width + attention + spec.width + norm + spec.width + spec.mlp;
  const all = paths.at(-1)! + spec.depth * block + (spec.finalNorm === false ? 0 : norm);
  return { ...Object.fromEntries(taps.map(({ name, at }) => [name, allow(pathTo(at))])), tokens: allow(all) };
}

interface Allowed {
  atol: number;
  rtol: number;
}

function allow(roundings: number): Allowed {
  return { atol: gamma(roundings), rtol: gamma(roundings) };
}
