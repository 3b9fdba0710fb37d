/** A measured value with its 95 % interval. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
  n: number;
}

/** Hits among `n` with the 95 % Wilson interval. NaN if `n` is 0. */
export function ratio(hits: number, n: number): Estimate {
  if (n === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN, n };
  const z = 1.96;
  const p = hits / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half), n };
}

const RESAMPLES = 400;

/**
 * A measure over images with its 95 % bootstrap interval: images are drawn with replacement, with the same draws in
 * every run. `measure` gets the drawn images; draws for which it is NaN are ignored.
 */
export function bootstrap<T>(images: readonly T[], measure: (drawn: readonly T[]) => number): Estimate {
  const n = images.length;
  const value = n === 0 ? Number.NaN : measure(images);
  if (n < 2 || Number.isNaN(value)) return { value, low: Number.NaN, high: Number.NaN, n };
  const random = seededRandom(n);
  const drawn = Array.from({ length: RESAMPLES }, () =>
    measure(Array.from({ length: n }, () => images[Math.floor(random() * n)]!)),
  )
    .filter((each) => !Number.isNaN(each))
    .sort((a, b) => a - b);
  const at = (share: number) => drawn[Math.min(drawn.length - 1, Math.floor(share * drawn.length))] ?? Number.NaN;
  return { value, low: at(0.025), high: at(0.975), n };
}

/** Uniform in [0, 1), the same sequence for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which `share` of the sorted values lie (nearest rank); NaN if there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
