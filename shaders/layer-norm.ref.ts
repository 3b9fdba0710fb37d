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
