import source from '../../../shaders/conv2d.wgsl?raw';
import { assert } from '../../lib/errors.ts';
import type { BiasVector, BufferArena, WeightMatrix } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { createStep, type Step } from '../step.ts';
import { type Activation, activationConstant, withActivation } from './activation.ts';
import { type ConvGeometry, convOutput } from './geometry.ts';
import { chooseTiling, countTiles, type Tiling, tilingConstants } from './tiling.ts';

export interface Conv2dInit extends ConvGeometry {
  /** f32[inHeight, inWidth, inChannels]. */
  x: GPUBuffer;
  /** Elem[kernel · kernel · inChannels, outChannels], rows in the order (ky, kx, channel). */
  weight: WeightMatrix;
  bias: BiasVector;
  /** f32 of y's shape, added after the activation. Must not be y's buffer. */
  residual?: GPUBuffer;
  /** f32[outHeight, outWidth, outChannels]. */
  y: GPUBuffer;
  inChannels: number;
  activation: Activation;
  tiling?: Tiling;
}

/** A square convolution, channels last. See shaders/conv2d.wgsl. */
export function conv2dStep(gpu: Gpu, arena: BufferArena, init: Conv2dInit): Promise<Step> {
  const { inHeight, inWidth, inChannels, kernel, stride, pad, weight, residual } = init;
  const { inner, cols } = weight;
  assert(
    inner === kernel * kernel * inChannels,
    `conv2d weights have ${inner} rows, not ${kernel}·${kernel}·${inChannels}`,
  );
  const [outHeight, outWidth] = convOutput('conv2d', init);
  const rows = outHeight * outWidth;
  const tiling = init.tiling ?? chooseTiling(rows, cols);
  return createStep(gpu, arena, {
    name: 'conv2d',
    source: withActivation(source),
    constants: {
      ...tilingConstants(tiling),
      ...activationConstant(init.activation),
      HAS_RESIDUAL: residual !== undefined,
    },
    dims: [inHeight, inWidth, inChannels, kernel, stride, pad, outHeight, outWidth, cols, Math.ceil(cols / 4)],
    buffers: [init.x, weight.buffer, init.bias.buffer, residual ?? init.bias.buffer, init.y],
    groups: countTiles(tiling, rows, cols),
    work: {
      operations: 2 * rows * inner * cols,
      bytes:
        4 * (inHeight * inWidth * inChannels + rows * cols * (residual ? 2 : 1) + cols) +
        inner * cols * (gpu.f16 ? 2 : 4),
    },
  });
}
