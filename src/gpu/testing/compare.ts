/** How two arrays differ. A NaN anywhere counts as a difference. */
export interface Difference {
  /** Number of values for which |actual − expected| ≤ tolerance doesn't hold. */
  wrong: number;
  /** Largest |actual − expected|; NaN if there is one. */
  worst: number;
  /** Largest |actual − expected| / tolerance, and its index; above 1 if something is wrong. */
  worstShare: number;
  worstAt: number;
}

/** A bound per value (see shaders/rounding.ts), or atol + rtol·|expected|. */
export type Tolerance = { atol: number; rtol: number } | Float64Array;

/** Compares within `tolerance`. Throws if the lengths differ. */
export function compareFloats(actual: Float32Array, expected: Float32Array, tolerance: Tolerance): Difference {
  const bounds = tolerance instanceof Float64Array ? tolerance : boundsOf(expected, tolerance);
  if (actual.length !== expected.length || actual.length !== bounds.length) {
    throw new RangeError(`${actual.length} values against ${expected.length} with ${bounds.length} bounds`);
  }
  const difference: Difference = { wrong: 0, worst: 0, worstShare: 0, worstAt: -1 };
  for (let i = 0; i < actual.length; i++) {
    const gap = Math.abs(actual[i]! - expected[i]!);
    const share = gap === 0 ? 0 : gap / bounds[i]!;
    if (!(share <= 1)) difference.wrong++;
    // Math.max would lose a NaN's index. Once the worst is NaN, it stays.
    if (!(share <= difference.worstShare) && !Number.isNaN(difference.worstShare)) {
      difference.worstShare = share;
      difference.worstAt = i;
    }
    difference.worst = Math.max(difference.worst, gap);
  }
  return difference;
}

function boundsOf(expected: Float32Array, { atol, rtol }: { atol: number; rtol: number }): Float64Array {
  return Float64Array.from(expected, (value) => atol + rtol * Math.abs(value));
}

/** Reproducible values in [-scale, scale), for inputs whose goldens are computed here (mulberry32). */
export function randomFloats(count: number, seed: number, scale = 1): Float32Array {
  const out = new Float32Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    out[i] = (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1) * scale;
  }
  return out;
}

/**
 * Reproducible weights in [-scale, scale). None is an f16 subnormal: WGSL lets a device flush those to zero, so the
 * reference couldn't know the factor.
 */
export function randomWeights(count: number, seed: number, scale = 1): Float32Array {
  return randomFloats(count, seed, scale).map((value) => (Math.abs(value) < leastNormalHalf ? 0 : value));
}

const leastNormalHalf = 2 ** -14;
