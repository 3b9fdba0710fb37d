/** The worst difference between two arrays, counted so that a NaN anywhere is a difference. */
export interface Difference {
  /** Places where |actual − expected| ≤ atol + rtol·|expected| doesn't hold. */
  wrong: number;
  /** Largest |actual − expected|; NaN if there is one. */
  worst: number;
  worstAt: number;
}

export interface Tolerance {
  atol: number;
  rtol: number;
}

/** Compares within `tolerance`; arrays of different lengths throw. */
export function compareFloats(actual: Float32Array, expected: Float32Array, tolerance: Tolerance): Difference {
  if (actual.length !== expected.length) {
    throw new RangeError(`${actual.length} values against ${expected.length}`);
  }
  const difference: Difference = { wrong: 0, worst: 0, worstAt: -1 };
  for (let i = 0; i < actual.length; i++) {
    const gap = Math.abs(actual[i]! - expected[i]!);
    if (!(gap <= tolerance.atol + tolerance.rtol * Math.abs(expected[i]!))) difference.wrong++;
    if (!(gap <= difference.worst)) {
      difference.worst = gap;
      difference.worstAt = i;
      if (Number.isNaN(gap)) return { ...difference, wrong: Math.max(difference.wrong, 1) };
    }
  }
  return difference;
}

/** Repeatable values in [-scale, scale), for inputs whose goldens are computed here (mulberry32). */
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
