import type { BiasVector, BufferArena, WeightMatrix } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Activation } from '../../gpu/kernels/activation.ts';
import { conv2dStep } from '../../gpu/kernels/conv2d.ts';
import { depthwiseStep } from '../../gpu/kernels/depthwise.ts';
import { matmulStep } from '../../gpu/kernels/matmul.ts';
import { posEmbedStep } from '../../gpu/kernels/pos-embed.ts';
import type { Step } from '../../gpu/step.ts';
import type { VisionSpec } from '../manifest/manifest.ts';
import type { Stem, StemNode } from '../manifest/stem.ts';

/** A convolution's or linear layer's weights on the device. */
export interface DeviceLayer {
  weight: WeightMatrix;
  bias: BiasVector;
}

/** A feature map on the device: f32[height, width, channels]. */
export interface DeviceMap {
  buffer: GPUBuffer;
  height: number;
  width: number;
  channels: number;
}

/** A layer's activation by its kernel's name for it. */
export function activationOf(act: VisionSpec['stem'][number]['act']): Activation {
  return act === 'gelu_tanh' ? 'gelu' : (act ?? 'none');
}

/**
 * Plans the stem on `pixels`, adding its dispatches to `steps`. `positions` is added to the last layer's output, whatever its
 * grid. Returns the last layer's map and those of the taps by name. Maps that nothing reads any more give their buffers to later ones.
 */
export function planStem(
  gpu: Gpu,
  arena: BufferArena,
  stem: Stem,
  layers: readonly DeviceLayer[],
  pixels: DeviceMap,
  positions: DeviceMap,
  steps: Promise<Step>[],
): { tokens: DeviceMap; taps: Map<string, DeviceMap> } {
  const buffers = new Recycled(arena);
  const maps: DeviceMap[] = [];
  const mapAt = (at: number) => (at < 0 ? pixels : maps[at]!);
  const lastUse = lastUses(stem);
  for (const [i, node] of stem.nodes.entries()) {
    const x = mapAt(node.from);
    const { stride, out, name } = node.layer;
    const size = { height: x.height / stride, width: x.width / stride, channels: out };
    const empty = (label: string): DeviceMap => ({
      ...size,
      buffer: buffers.take(size.height * size.width * out, label),
    });
    const added = node.residual === null ? [] : [mapAt(node.residual)];
    if (i === stem.nodes.length - 1) added.push(positions);
    // One map on the output's own grid is added by the convolution itself; any other is resized and added by a step of its own.
    const fused = node.depthwise ? undefined : added.find((map) => sameGrid(map, size));
    let y = empty(name);
    steps.push(layerStep(gpu, arena, node, layers[i]!, x, fused, y));
    for (const map of added.filter((each) => each !== fused)) {
      const sum = empty(`${name} and what is added`);
      const { height: gridHeight, width: gridWidth, buffer: grid } = map;
      steps.push(posEmbedStep(gpu, arena, { x: y.buffer, grid, y: sum.buffer, gridHeight, gridWidth, ...size }));
      buffers.free(y.buffer);
      y = sum;
    }
    maps.push(y);
    for (const [at, last] of lastUse.entries()) if (last === i) buffers.free(maps[at]!.buffer);
  }
  return { tokens: maps.at(-1)!, taps: new Map(stem.taps.map(({ name, at }) => [name, mapAt(at)])) };
}

function sameGrid(a: Omit<DeviceMap, 'buffer'>, b: Omit<DeviceMap, 'buffer'>): boolean {
  return a.height === b.height && a.width === b.width;
}

/** One layer's dispatch. A pointwise convolution is a matrix product of all pixels. */
function layerStep(
  gpu: Gpu,
  arena: BufferArena,
  { layer, depthwise, padAfter }: StemNode,
  weights: DeviceLayer,
  x: DeviceMap,
  residual: DeviceMap | undefined,
  y: DeviceMap,
): Promise<Step> {
  const { k: kernel, stride, pad, act } = layer;
  const common = { ...weights, x: x.buffer, y: y.buffer, activation: activationOf(act) };
  const geometry = { inHeight: x.height, inWidth: x.width, kernel, stride, pad, padAfter };
  if (depthwise) return depthwiseStep(gpu, arena, { ...common, ...geometry });
  const sum = residual ? { ...common, residual: residual.buffer } : common;
  if (kernel === 1 && stride === 1) return matmulStep(gpu, arena, { ...sum, rows: y.height * y.width });
  return conv2dStep(gpu, arena, { ...sum, ...geometry, inChannels: x.channels });
}

/** For each layer the last layer that reads it; none for taps and for the stem's own output, which stay. */
function lastUses({ nodes, taps }: Stem): number[] {
  const last = nodes.map((_, i) => i);
  for (const [i, { from, residual }] of nodes.entries()) {
    for (const at of [from, residual]) if (at !== null && at >= 0) last[at] = i;
  }
  for (const kept of [...taps.map(({ at }) => at), nodes.length - 1])
    if (kept >= 0) last[kept] = Number.POSITIVE_INFINITY;
  return last;
}

/** Buffers of an arena, each handed out again once it was freed. Dispatches run in order, so a later one may overwrite. */
class Recycled {
  readonly #arena: BufferArena;
  readonly #free: GPUBuffer[] = [];

  constructor(arena: BufferArena) {
    this.#arena = arena;
  }

  /** A buffer of exactly `count` floats, whose content is undefined. */
  take(count: number, label: string): GPUBuffer {
    const at = this.#free.findIndex((buffer) => buffer.size === count * 4);
    return at < 0 ? this.#arena.floats(count, label) : this.#free.splice(at, 1)[0]!;
  }

  free(buffer: GPUBuffer): void {
    this.#free.push(buffer);
  }
}
