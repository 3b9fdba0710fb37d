import source from '../../../shaders/matmul.wgsl?raw';
import type { BiasVector, BufferArena, WeightMatrix } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { createStep, type Step } from '../step.ts';
import { type Activation, activationConstant, withActivation } from './activation.ts';
import { chooseTiling, countTiles, type Tiling, tilingConstants } from './tiling.ts';

export interface MatmulInit {
  /** f32[rows, weight.inner]. */
  x: GPUBuffer;
  weight: WeightMatrix;
  bias: BiasVector;
  /** f32[rows, weight.cols], added after the activation. Must not be y's buffer. */
  residual?: GPUBuffer;
  /** f32[rows, weight.cols]. */
  y: GPUBuffer;
  rows: number;
  activation: Activation;
  tiling?: Tiling;
}

/** y = act(x · weight + bias) + residual. See shaders/matmul.wgsl. */
export function matmulStep(gpu: Gpu, arena: BufferArena, init: MatmulInit): Promise<Step> {
  const { rows, weight, residual } = init;
  const { inner, cols } = weight;
  const tiling = init.tiling ?? chooseTiling(rows, cols);
  return createStep(gpu, arena, {
    name: 'matmul',
    source: withActivation(source),
    constants: {
      ...tilingConstants(tiling),
      ...activationConstant(init.activation),
      HAS_RESIDUAL: residual !== undefined,
    },
    dims: [rows, inner, cols, Math.ceil(cols / 4)],
    buffers: [init.x, weight.buffer, init.bias.buffer, residual ?? init.bias.buffer, init.y],
    groups: countTiles(tiling, rows, cols),
    work: {
      operations: 2 * rows * inner * cols,
      bytes: 4 * (rows * inner + rows * cols * (residual ? 2 : 1) + cols) + inner * cols * (gpu.f16 ? 2 : 4),
    },
  });
}
