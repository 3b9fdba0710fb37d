import { type Activation, activateRef } from './activation.ref.ts';
import { linearBound, magnitudesOf } from './rounding.ts';

export interface Conv2dShape {
  inHeight: number;
  inWidth: number;
  inChannels: number;
  /** Side of the square kernel. */
  kernel: number;
  stride: number;
  /** Zeros above and to the left of the image. */
  pad: number;
  /** Zeros below and to the right; as `pad` if absent. */
  padAfter?: number;
  outChannels: number;
  activation: Activation;
}

/** Pixels along one side of the output. */
export function convOutSize(inSize: number, kernel: number, stride: number, pad: number, padAfter = pad): number {
  return Math.floor((inSize + pad + padAfter - kernel) / stride) + 1;
}

/**
 * Reference of conv2d.wgsl, channels last, sums in f64. All arrays are row-major: x f32[inHeight, inWidth, inChannels],
 * weight f32[kernel, kernel, inChannels, outChannels] as the device holds it (rounded to f16 if it stores f16), bias
 * f32[outChannels], residual and result f32[outHeight, outWidth, outChannels].
 */
export function conv2dRef(
  shape: Conv2dShape,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  residual: Float32Array | null,
): Float32Array {
  const { inHeight, inWidth, inChannels, kernel, stride, pad, padAfter, outChannels } = shape;
  const outHeight = convOutSize(inHeight, kernel, stride, pad, padAfter);
  const outWidth = convOutSize(inWidth, kernel, stride, pad, padAfter);
  const y = new Float32Array(outHeight * outWidth * outChannels);
  const sums = new Float64Array(outChannels);
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      sums.fill(0);
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          const iy = oy * stride + ky - pad;
          const ix = ox * stride + kx - pad;
          if (iy < 0 || ix < 0 || iy >= inHeight || ix >= inWidth) continue;
          for (let c = 0; c < inChannels; c++) {
            const value = x[(iy * inWidth + ix) * inChannels + c]!;
            const first = ((ky * kernel + kx) * inChannels + c) * outChannels;
            for (let n = 0; n < outChannels; n++) sums[n]! += value * weight[first + n]!;
          }
        }
      }
      for (let n = 0; n < outChannels; n++) {
        const at = (oy * outWidth + ox) * outChannels + n;
        y[at] = activateRef(sums[n]! + bias[n]!, shape.activation) + (residual?.[at] ?? 0);
      }
    }
  }
  return y;
}

/** How far conv2d.wgsl may be from `conv2dRef` in f32 arithmetic, value by value. */
export function conv2dBound(
  shape: Conv2dShape,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  residual: Float32Array | null,
): Float64Array {
  const plain: Conv2dShape = { ...shape, activation: 'none' };
  const sums = conv2dRef(plain, x, weight, bias, null);
  const magnitudes = conv2dRef(plain, magnitudesOf(x), magnitudesOf(weight), magnitudesOf(bias), null);
  return linearBound(shape.kernel ** 2 * shape.inChannels, sums, magnitudes, shape.activation, residual);
}
