/** Chances of numbers of things, each of which is there with a probability of its own. */

/** `chances[k]` is the probability of exactly k; they add up to 1. */
export type Chances = Float64Array;

export interface Interval {
  low: number;
  high: number;
}

/** What an interval leaves out, half at either end: a tenth, so it is a 90 % interval. */
const TAILS = 0.1;
/** Beyond this many things the exact distribution is too slow, and the normal one is as good. */
const MOST_EXACT = 2000;

/**
 * The distribution of the number of real things among found ones that are real independently of each other, with these
 * probabilities (Poisson binomial), by adding one at a time.
 */
export function chancesOf(probabilities: readonly number[]): Chances {
  if (probabilities.length > MOST_EXACT) return normalChances(probabilities);
  let chances = new Float64Array([1]);
  for (const p of probabilities) {
    const next = new Float64Array(chances.length + 1);
    for (let k = 0; k < chances.length; k++) {
      next[k]! += chances[k]! * (1 - p);
      next[k + 1]! += chances[k]! * p;
    }
    chances = next;
  }
  return chances;
}

/** Farther from the mean than this many standard deviations the normal distribution is taken to be 0. */
const FARTHEST_SD = 8;

/** The normal distribution of the same mean and variance, at whole numbers from 0 to the number of things. */
function normalChances(probabilities: readonly number[]): Chances {
  const mean = probabilities.reduce((sum, p) => sum + p, 0);
  const variance = probabilities.reduce((sum, p) => sum + p * (1 - p), 0);
  // Of certain things the number is certain.
  const sd = Math.sqrt(Math.max(variance, 1e-6));
  const chances = new Float64Array(probabilities.length + 1);
  const last = Math.min(probabilities.length, Math.ceil(mean + FARTHEST_SD * sd));
  for (let k = Math.max(0, Math.floor(mean - FARTHEST_SD * sd)); k <= last; k++) {
    chances[k] = Math.exp(-(((k - mean) / sd) ** 2) / 2);
  }
  const sum = chances.reduce((total, chance) => total + chance, 0);
  return chances.map((chance) => chance / sum);
}

/**
 * The same with things that weren't found: if a real thing is found with probability `recall`, as many as real ones were
 * found are missed in a ratio of (1 − recall) : recall, and their number follows a Poisson distribution.
 */
export function withMissed(chances: Chances, recall: number): Chances {
  const mean = (meanOf(chances) * (1 - recall)) / recall;
  return mean > 0 ? sumOf(chances, poisson(mean)) : chances;
}

function poisson(mean: number): Chances {
  const length = Math.ceil(mean + FARTHEST_SD * Math.sqrt(mean) + 10);
  let logFactorial = 0;
  return Float64Array.from({ length }, (_, k) => {
    if (k > 0) logFactorial += Math.log(k);
    return mean - k > FARTHEST_SD * Math.sqrt(mean) ? 0 : Math.exp(k * Math.log(mean) - mean - logFactorial);
  });
}

/** The distribution of the sum of two independent numbers. */
export function sumOf(a: Chances, b: Chances): Chances {
  const sum = new Float64Array(a.length + b.length - 1);
  const [firstB, lastB] = rangeOf(b);
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue;
    for (let j = firstB; j <= lastB; j++) sum[i + j]! += a[i]! * b[j]!;
  }
  return sum;
}

/** The first and the last number that can be. */
function rangeOf(chances: Chances): [number, number] {
  const first = chances.findIndex((chance) => chance > 0);
  const last = chances.findLastIndex((chance) => chance > 0);
  return [first, last];
}

function meanOf(chances: Chances): number {
  return chances.reduce((sum, chance, k) => sum + k * chance, 0);
}

/** The smallest interval of whole numbers that leaves out at most 5 % at either end. */
export function intervalOf(chances: Chances): Interval {
  return { low: quantile(chances, TAILS / 2), high: quantile(chances, 1 - TAILS / 2) };
}

/** The least k with P(number ≤ k) ≥ share. */
function quantile(chances: Chances, share: number): number {
  let sum = 0;
  for (let k = 0; k < chances.length; k++) {
    sum += chances[k]!;
    // Rounding in the sum doesn't decide.
    if (sum >= share - 1e-9) return k;
  }
  return chances.length - 1;
}

/** P(test(number)). */
export function probabilityThat(chances: Chances, test: (k: number) => boolean): number {
  return Math.min(
    1,
    chances.reduce((sum, chance, k) => (test(k) ? sum + chance : sum), 0),
  );
}

/** P(a > b) and P(a = b) of independent numbers. */
export function compareChances(a: Chances, b: Chances): { more: number; equal: number } {
  let more = 0;
  let equal = 0;
  let below = 0;
  for (let k = 0; k < a.length; k++) {
    more += a[k]! * below;
    equal += a[k]! * (b[k] ?? 0);
    below += b[k] ?? 0;
  }
  return { more: Math.min(1, more), equal: Math.min(1, equal) };
}

/** P(at least one) where at least one of several independent probabilities is true. */
export const anyOf = (probabilities: readonly number[]): number =>
  1 - probabilities.reduce((none, p) => none * (1 - p), 1);
