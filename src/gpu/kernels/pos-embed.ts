import source from '../../../shaders/pos-embed.wgsl?raw';
import type { BufferArena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { createStep, type Step } from '../step.ts';

export interface PosEmbedInit {
  /** f32[height · width, channels]. */
  x: GPUBuffer;
  /** f32[gridHeight · gridWidth, channels]. */
  grid: GPUBuffer;
  /** f32[height · width, channels]. Must not be x's buffer. */
  y: GPUBuffer;
  gridHeight: number;
  gridWidth: number;
  height: number;
  width: number;
  channels: number;
}

const threads = 64;

/** Adds a position grid resized bilinearly. See shaders/pos-embed.wgsl. */
export function posEmbedStep(gpu: Gpu, arena: BufferArena, init: PosEmbedInit): Promise<Step> {
  const { gridHeight, gridWidth, height, width, channels } = init;
  const values = height * width * channels;
  return createStep(gpu, arena, {
    name: 'pos-embed',
    source,
    constants: { THREADS: threads },
    dims: [gridHeight, gridWidth, height, width, channels],
    buffers: [init.x, init.grid, init.y],
    groups: Math.ceil(values / threads),
    work: { operations: 10 * values, bytes: 4 * (2 * values + gridHeight * gridWidth * channels) },
  });
}
