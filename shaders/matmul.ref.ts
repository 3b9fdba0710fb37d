import { type Activation, activateRef } from './activation.ref.ts';
import { linearBound, magnitudesOf } from './rounding.ts';

export interface MatmulShape {
  rows: number;
  inner: number;
  cols: number;
  activation: Activation;
}

/**
 * Reference of matmul.wgsl: y = act(x · weight + bias) + residual, sums in f64. All arrays are row-major: x f32[rows,
 * inner], weight f32[inner, cols] as the device holds it (rounded to f16 if it stores f16), bias f32[cols], residual
 * and result f32[rows, cols].
 */
export function matmulRef(
  shape: MatmulShape,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  residual: Float32Array | null,
): Float32Array {
  const y = new Float32Array(shape.rows * shape.cols);
  for (let row = 0; row < shape.rows; row++) {
    for (let col = 0; col < shape.cols; col++) {
      let sum = 0;
      for (let k = 0; k < shape.inner; k++) sum += x[row * shape.inner + k]! * weight[k * shape.cols + col]!;
      const at = row * shape.cols + col;
      y[at] = activateRef(sum + bias[col]!, shape.activation) + (residual?.[at] ?? 0);
    }
  }
  return y;
}

/** How far matmul.wgsl may be from `matmulRef` in f32 arithmetic, value by value. */
export function matmulBound(
  shape: MatmulShape,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  residual: Float32Array | null,
): Float64Array {
  const plain: MatmulShape = { ...shape, activation: 'none' };
  const sums = matmulRef(plain, x, weight, bias, null);
  const magnitudes = matmulRef(plain, magnitudesOf(x), magnitudesOf(weight), magnitudesOf(bias), null);
  return linearBound(shape.inner, sums, magnitudes, shape.activation, residual);
}
