import source from '../../../shaders/depthwise.wgsl?raw';
import { assert } from '../../lib/errors.ts';
import type { BiasVector, BufferArena, WeightMatrix } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { createStep, type Step } from '../step.ts';
import { type Activation, activationConstant, withActivation } from './activation.ts';
import { type ConvGeometry, convOutput } from './geometry.ts';

export interface DepthwiseInit extends ConvGeometry {
  /** f32[inHeight, inWidth, channels]. */
  x: GPUBuffer;
  /** Elem[kernel · kernel, channels], rows in the order (ky, kx). */
  weight: WeightMatrix;
  bias: BiasVector;
  /** f32[outHeight, outWidth, channels]. Must not be x's buffer. */
  y: GPUBuffer;
  activation: Activation;
}

const threads = 64;

/** A convolution with one square kernel a channel, channels last. See shaders/depthwise.wgsl. */
export function depthwiseStep(gpu: Gpu, arena: BufferArena, init: DepthwiseInit): Promise<Step> {
  const { inHeight, inWidth, kernel, stride, pad, weight } = init;
  const { inner, cols: channels } = weight;
  assert(inner === kernel * kernel, `depthwise weights have ${inner} rows, not ${kernel}·${kernel}`);
  const [outHeight, outWidth] = convOutput('depthwise', init);
  const channelVecs = Math.ceil(channels / 4);
  return createStep(gpu, arena, {
    name: 'depthwise',
    source: withActivation(source),
    constants: { THREADS: threads, ...activationConstant(init.activation) },
    dims: [inHeight, inWidth, channels, kernel, stride, pad, outHeight, outWidth, channelVecs],
    buffers: [init.x, weight.buffer, init.bias.buffer, init.y],
    groups: Math.ceil((outHeight * outWidth * channelVecs) / threads),
    work: {
      operations: 2 * outHeight * outWidth * channels * inner,
      bytes: 4 * channels * (inHeight * inWidth + outHeight * outWidth + 1) + inner * channels * (gpu.f16 ? 2 : 4),
    },
  });
}
