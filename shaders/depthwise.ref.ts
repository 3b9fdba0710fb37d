import { type Activation, activateRef } from './activation.ref.ts';
import { convOutSize } from './conv2d.ref.ts';
import { linearBound, magnitudesOf } from './rounding.ts';

export interface DepthwiseShape {
  inHeight: number;
  inWidth: number;
  channels: number;
  /** Side of the square kernel. */
  kernel: number;
  stride: number;
  /** Zeros above and to the left of the image. */
  pad: number;
  /** Zeros below and to the right; as `pad` if absent. */
  padAfter?: number;
  activation: Activation;
}

/**
 * Reference of depthwise.wgsl, channels last, sums in f64. All arrays are row-major: x f32[inHeight, inWidth, channels],
 * weight f32[kernel, kernel, channels] as the device holds it (rounded to f16 if it stores f16), bias f32[channels],
 * result f32[outHeight, outWidth, channels].
 */
export function depthwiseRef(
  shape: DepthwiseShape,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
): Float32Array {
  const { inHeight, inWidth, channels, kernel, stride, pad, padAfter } = shape;
  const outHeight = convOutSize(inHeight, kernel, stride, pad, padAfter);
  const outWidth = convOutSize(inWidth, kernel, stride, pad, padAfter);
  const y = new Float32Array(outHeight * outWidth * channels);
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let ky = 0; ky < kernel; ky++) {
          for (let kx = 0; kx < kernel; kx++) {
            const iy = oy * stride + ky - pad;
            const ix = ox * stride + kx - pad;
            if (iy < 0 || ix < 0 || iy >= inHeight || ix >= inWidth) continue;
            sum += x[(iy * inWidth + ix) * channels + c]! * weight[(ky * kernel + kx) * channels + c]!;
          }
        }
        y[(oy * outWidth + ox) * channels + c] = activateRef(sum + bias[c]!, shape.activation);
      }
    }
  }
  return y;
}

/** How far depthwise.wgsl may be from `depthwiseRef` in f32 arithmetic, value by value. */
export function depthwiseBound(
  shape: DepthwiseShape,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
): Float64Array {
  const plain: DepthwiseShape = { ...shape, activation: 'none' };
  const sums = depthwiseRef(plain, x, weight, bias);
  const magnitudes = depthwiseRef(plain, magnitudesOf(x), magnitudesOf(weight), magnitudesOf(bias));
  return linearBound(shape.kernel ** 2, sums, magnitudes, shape.activation, null);
}
