export interface AttentionShape {
  tokens: number;
  heads: number;
  headDim: number;
  /** What scores are multiplied with before the softmax: 1 / sqrt(headDim) as a rule. */
  scale: number;
}

/**
 * Reference of attention.wgsl: plain softmax attention, a row of scores at a time, sums in f64.
 * qkv f32[tokens, 3 * heads * headDim] row-major, a row is Q | K | V, each head after head; result f32[tokens, heads * headDim].
 */
export function attentionRef(shape: AttentionShape, qkv: Float32Array): Float32Array {
  const { tokens, heads, headDim, scale } = shape;
  const width = heads * headDim;
  const y = new Float32Array(tokens * width);
  const scores = new Float64Array(tokens);
  for (let head = 0; head < heads; head++) {
    for (let q = 0; q < tokens; q++) {
      const qAt = q * 3 * width + head * headDim;
      let highest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < tokens; k++) {
        const kAt = k * 3 * width + width + head * headDim;
        let dot = 0;
        for (let d = 0; d < headDim; d++) dot += qkv[qAt + d]! * qkv[kAt + d]!;
        scores[k] = dot * scale;
        highest = Math.max(highest, scores[k]!);
      }
      let total = 0;
      for (let k = 0; k < tokens; k++) {
        scores[k] = Math.exp(scores[k]! - highest);
        total += scores[k]!;
      }
      for (let d = 0; d < headDim; d++) {
        let sum = 0;
        for (let k = 0; k < tokens; k++) sum += scores[k]! * qkv[k * 3 * width + 2 * width + head * headDim + d]!;
        y[q * width + head * headDim + d] = sum / total;
      }
    }
  }
  return y;
}
