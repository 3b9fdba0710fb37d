import source from '../../../shaders/attention.wgsl?raw';
import { assert } from '../../lib/errors.ts';
import type { BufferArena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { createStep, type Step } from '../step.ts';

export interface AttentionInit {
  /** f32[tokens, 3 · heads · headDim], a row is Q | K | V. */
  qkv: GPUBuffer;
  /** f32[tokens, heads · headDim]. */
  y: GPUBuffer;
  tokens: number;
  heads: number;
  /** 1 to 128. */
  headDim: number;
  scale: number;
}

/** Threads per query. */
const lanes = 4;

/** Queries and keys per tile. Halved for wide heads, so that a tile fits the 16 KiB that every adapter has. */
export function attentionTile(headDim: number): number {
  return headDim <= 64 ? 16 : 8;
}

/** Multi-head self-attention with an online softmax. See shaders/attention.wgsl. */
export function attentionStep(gpu: Gpu, arena: BufferArena, init: AttentionInit): Promise<Step> {
  const { tokens, heads, headDim } = init;
  assert(headDim >= 1 && headDim <= 128, `attention: head dim ${headDim}, expected 1 to 128`);
  const tile = attentionTile(headDim);
  return createStep(gpu, arena, {
    name: 'attention',
    source,
    constants: { HEAD_DIM: headDim, LANES: lanes, TILE_QUERIES: tile, TILE_KEYS: tile },
    dims: [tokens, heads, { f32: init.scale }],
    buffers: [init.qkv, init.y],
    groups: Math.ceil(tokens / tile) * heads,
    work: { operations: 4 * tokens * tokens * heads * headDim, bytes: 4 * 4 * tokens * heads * headDim },
  });
}
