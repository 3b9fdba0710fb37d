import source from '../../../shaders/layer-norm.wgsl?raw';
import type { BufferArena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { createStep, type Step } from '../step.ts';

export interface LayerNormInit {
  /** f32[rows, cols]. */
  x: GPUBuffer;
  /** f32[cols]. */
  weight: GPUBuffer;
  /** f32[cols]. */
  bias: GPUBuffer;
  /** f32[rows, cols]. Must not be x's buffer. */
  y: GPUBuffer;
  rows: number;
  cols: number;
  eps: number;
}

/** LayerNorm over the columns of each row. See shaders/layer-norm.wgsl. */
export function layerNormStep(gpu: Gpu, arena: BufferArena, init: LayerNormInit): Promise<Step> {
  const { rows, cols } = init;
  return createStep(gpu, arena, {
    name: 'layer-norm',
    source,
    constants: { THREADS: 64 },
    dims: [rows, cols, { f32: init.eps }],
    buffers: [init.x, init.weight, init.bias, init.y],
    groups: rows,
    work: { operations: 8 * rows * cols, bytes: 4 * (2 * rows * cols + 2 * cols) },
  });
}
