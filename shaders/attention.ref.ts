import { divisionUlps, expUlps, gamma, ulp } from './rounding.ts';

export interface AttentionShape {
  tokens: number;
  heads: number;
  headDim: number;
  /** Factor of the scores before the softmax; usually 1 / sqrt(headDim). */
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

/**
 * How far attention.wgsl may be from `attentionRef` in f32 arithmetic, value by value: the error of each softmax weight
 * times what it weighs. `tileKeys`: keys per tile; the sums are rescaled after each tile.
 */
export function attentionBound(shape: AttentionShape, qkv: Float32Array, tileKeys = 8): Float64Array {
  const { tokens, heads, headDim, scale } = shape;
  const width = heads * headDim;
  const y = attentionRef(shape, qkv);
  const bound = new Float64Array(tokens * width);
  const scores = new Float64Array(tokens);
  const errors = new Float64Array(tokens);
  for (let head = 0; head < heads; head++) {
    for (let q = 0; q < tokens; q++) {
      const qAt = q * 3 * width + head * headDim;
      for (let k = 0; k < tokens; k++) {
        const kAt = k * 3 * width + width + head * headDim;
        let dot = 0;
        let magnitude = 0;
        for (let d = 0; d < headDim; d++) {
          dot += qkv[qAt + d]! * qkv[kAt + d]!;
          magnitude += Math.abs(qkv[qAt + d]! * qkv[kAt + d]!);
        }
        scores[k] = dot * scale;
        // headDim products and sums, the scale as f32 and the product with it.
        errors[k] = gamma(headDim + 2) * magnitude * scale;
      }
      const highest = scores.reduce((a, b) => Math.max(a, b));
      const range = highest - scores.reduce((a, b) => Math.min(a, b));
      // The maximum rises by at most `range`, in one step per tile. Each step's exp and product add an error.
      const rescaling = ulp * (Math.ceil(tokens / tileKeys) * (expUlps(0) + 1) + 3 * range);
      let total = 0;
      for (let k = 0; k < tokens; k++) {
        const below = scores[k]! - highest;
        errors[k] = Math.expm1(errors[k]! + ulp * (Math.abs(below) + expUlps(below)) + rescaling);
        scores[k] = Math.exp(below);
        total += scores[k]!;
      }
      for (let d = 0; d < headDim; d++) {
        const at = q * width + head * headDim + d;
        const own = Math.abs(y[at]!);
        let error = divisionUlps * ulp * own;
        for (let k = 0; k < tokens; k++) {
          const value = Math.abs(qkv[k * 3 * width + 2 * width + head * headDim + d]!);
          error += (scores[k]! / total) * (value + own) * (errors[k]! + gamma(tokens + 1));
        }
        bound[at] = error + ulp * own;
      }
    }
  }
  return bound;
}
