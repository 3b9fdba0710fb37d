import { divisionUlps, gamma, inverseSqrtUlps, ulp } from './rounding.ts';

export interface LayerNormShape {
  rows: number;
  cols: number;
  eps: number;
}

/** Reference of layer-norm.wgsl. x and result f32[rows, cols] row-major, weight and bias f32[cols]; sums in f64. */
export function layerNormRef(
  shape: LayerNormShape,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
): Float32Array {
  const { rows, cols, eps } = shape;
  const y = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let c = 0; c < cols; c++) sum += x[row * cols + c]!;
    const mean = sum / cols;
    let squares = 0;
    for (let c = 0; c < cols; c++) squares += (x[row * cols + c]! - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / cols + eps);
    for (let c = 0; c < cols; c++) y[row * cols + c] = (x[row * cols + c]! - mean) * scale * weight[c]! + bias[c]!;
  }
  return y;
}

/**
 * How far layer-norm.wgsl may be from `layerNormRef` in f32 arithmetic, value by value. Each of `threads` threads sums
 * a row with a stride, then the sums are added pairwise.
 */
export function layerNormBound(
  shape: LayerNormShape,
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  threads = 64,
): Float64Array {
  const { rows, cols, eps } = shape;
  const bound = new Float64Array(rows * cols);
  const roundings = Math.min(cols, Math.ceil(cols / threads) + Math.log2(threads));
  for (let row = 0; row < rows; row++) {
    const values = x.subarray(row * cols, (row + 1) * cols);
    const mean = values.reduce((sum, value) => sum + value, 0) / cols;
    const magnitude = values.reduce((sum, value) => sum + Math.abs(value), 0) / cols;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cols;
    const meanError = gamma(roundings) * magnitude + divisionUlps * ulp * Math.abs(mean);
    // The mean's error is the same in all columns, so only its square matters: distances from the mean sum to zero.
    const varianceError = meanError ** 2 + gamma(roundings + 3 + divisionUlps) * variance;
    const scale = 1 / Math.sqrt(variance + eps);
    const scaleError = varianceError / (2 * (variance + eps)) + (1 + inverseSqrtUlps) * ulp;
    for (let c = 0; c < cols; c++) {
      const distance = Math.abs(values[c]! - mean);
      const normed = distance * scale * Math.abs(weight[c]!);
      const shifted = meanError * scale * Math.abs(weight[c]!);
      bound[row * cols + c] = shifted + normed * (scaleError + gamma(4)) + 2 * ulp * Math.abs(bias[c]!);
    }
  }
  return bound;
}
