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
/** Distributions of more numbers than these are summed in steps, not one by one. */
const MOST_SUMMED = 8000;

/**
 * Places as they differ: the middles of ten equally likely parts of the standard normal distribution, so that the outermost
 * ones are the ends of its 90 % interval. In one place all scores are too high together, in another too low.
 */
const PLACES = [0.1257, 0.3853, 0.6745, 1.0364, 1.6449].flatMap((x) => [-x, x]);

/**
 * The distribution of the number of real things among found ones with these probabilities. `placeSpread` is the standard
 * deviation, from place to place, of what is added to all of their log odds.
 */
export function chancesOf(probabilities: readonly number[], placeSpread = 0): Chances {
  if (placeSpread === 0) return independent(probabilities);
  return average(PLACES.map((x) => independent(shifted(probabilities, placeSpread * x))));
}

function average(parts: readonly Chances[]): Chances {
  const mean = new Float64Array(Math.max(...parts.map(({ length }) => length)));
  for (const part of parts) {
    for (let k = 0; k < part.length; k++) mean[k]! += part[k]! / parts.length;
  }
  return mean;
}

/** Things that are real independently of each other (Poisson binomial), by adding one at a time. */
function independent(probabilities: readonly number[]): Chances {
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
 * found are missed in a ratio of (1 − recall) : recall, and their number follows a Poisson distribution. `placeSpread` is
 * the standard deviation of the recall's log odds.
 */
export function withMissed(chances: Chances, recall: number, placeSpread = 0): Chances {
  const mean = (meanOf(chances) * (1 - recall)) / recall;
  if (mean <= 0) return chances;
  const places = placeSpread === 0 ? [0] : PLACES;
  return sumOf(chances, average(places.map((x) => poisson(mean * Math.exp(placeSpread * x)))));
}

/** For each of `PLACES`, which of them its recall is like: what recalls say isn't what scores say. */
const RECALLS = [5, 0, 7, 2, 9, 4, 1, 8, 3, 6];

/**
 * The number of real things among found and missed ones in each of ten equally likely places. Numbers in parts of one image
 * are to be compared place by place, since what is common to its scores and its recall is common to its parts.
 */
export function chancesByPlace(
  probabilities: readonly number[],
  { recall, placeSpread }: { recall: number | null; placeSpread: number },
): Chances[] {
  return PLACES.map((x, i) => {
    const found = independent(shifted(probabilities, placeSpread * x));
    const mean = recall === null ? 0 : (meanOf(found) * (1 - recall)) / recall;
    return mean > 0 ? sumOf(found, poisson(mean * Math.exp(placeSpread * PLACES[RECALLS[i]!]!))) : found;
  });
}

/** With `by` added to all log odds. */
function shifted(probabilities: readonly number[], by: number): readonly number[] {
  const odds = Math.exp(by);
  return by === 0 ? probabilities : probabilities.map((p) => (p * odds) / (1 - p + p * odds));
}

function poisson(mean: number): Chances {
  const length = Math.ceil(mean + FARTHEST_SD * Math.sqrt(mean) + 10);
  let logFactorial = 0;
  return Float64Array.from({ length }, (_, k) => {
    if (k > 0) logFactorial += Math.log(k);
    return mean - k > FARTHEST_SD * Math.sqrt(mean) ? 0 : Math.exp(k * Math.log(mean) - mean - logFactorial);
  });
}

/** The distribution of the sum of two independent numbers. Of large ones, in steps much smaller than what is uncertain of them. */
export function sumOf(a: Chances, b: Chances): Chances {
  const step = Math.ceil((a.length + b.length) / MOST_SUMMED);
  return step === 1 ? exactSum(a, b) : inSteps(a, b, step);
}

function inSteps(a: Chances, b: Chances, step: number): Chances {
  const steps = exactSum(stepped(a, step), stepped(b, step));
  // Within a step all numbers are taken to be equally likely: the two remainders add up to a step on average.
  const offset = (step - 1) / 2;
  return new Float64Array(a.length + b.length - 1).map((_, k) => (steps[Math.floor((k - offset) / step)] ?? 0) / step);
}

function stepped(chances: Chances, step: number): Chances {
  const steps = new Float64Array(Math.ceil(chances.length / step));
  for (let k = 0; k < chances.length; k++) steps[Math.floor(k / step)]! += chances[k]!;
  return steps;
}

function exactSum(a: Chances, b: Chances): Chances {
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

/**
 * P(one of several independent numbers is the largest of all, or the smallest). Each is told per unit of its own
 * (`per`: 1, or the area that it is divided by).
 */
export function probabilityOfFirst(
  one: { chances: Chances; per: number },
  others: readonly { chances: Chances; per: number }[],
  asked: 'most' | 'least',
): number {
  const below = others.map(({ chances }) => runningSum(chances));
  let sum = 0;
  for (let k = 0; k < one.chances.length; k++) {
    let chance = one.chances[k]!;
    for (let i = 0; i < others.length && chance > 0; i++) {
      // Rounding in a division by areas doesn't make two numbers differ.
      const same = (k * others[i]!.per) / one.per;
      const near = 1e-9 * Math.max(1, same);
      const at = (limit: number) => (limit < 0 ? 0 : below[i]![Math.min(limit, below[i]!.length - 1)]!);
      chance *= asked === 'most' ? at(Math.ceil(same - near) - 1) : 1 - at(Math.floor(same + near));
    }
    sum += chance;
  }
  return Math.min(1, Math.max(0, sum));
}

function runningSum(chances: Chances): Float64Array {
  let sum = 0;
  return chances.map((chance) => (sum += chance));
}

/** P(Z < z) of the standard normal distribution (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
export function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
  return z >= 0 ? 1 - above : above;
}

/** P(at least one) where at least one of several independent probabilities is true. */
export const anyOf = (probabilities: readonly number[]): number =>
  1 - probabilities.reduce((none, p) => none * (1 - p), 1);
