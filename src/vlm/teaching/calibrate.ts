import type { TaughtHead } from '../../teaching/taught-class.ts';

/** With few examples, their spread is taken to be partly this share of their distance from the background. */
const USUAL_SPREAD = 0.25;
/** Examples that the usual spread counts for. */
const USUAL_WEIGHT = 3;
/** Bounds of the share of peaks that are objects. */
const LEAST_SHARE = 0.002;
const MOST_SHARE = 0.5;
const ROUNDS = 30;

/**
 * A probability from raw scores, as far as a few examples allow. `left`: raw scores of examples that were left out of
 * learning; `peaks`: those of places in the background, some of which are objects that nobody marked. Both kinds are
 * taken to be normally distributed, the background by its median and its median deviation, so that unmarked objects
 * among it don't count; the share of objects is the one under which the peaks are likeliest. Nothing here was checked
 * against objects of other scenes: the probability is doubtful, and `separation` says how much.
 */
export function calibrate(
  left: readonly number[],
  peaks: readonly number[],
): Pick<TaughtHead, 'calibration' | 'separation'> {
  const background = peaks.length > 0 ? peaks : [0];
  const low = median(background);
  const lowSpread = 1.4826 * median(background.map((score) => Math.abs(score - low))) || 0.1;
  // A single example has nothing to be judged by; its own raw score would be 1.
  const high = left.length > 0 ? mean(left) : 0.6;
  const distance = Math.max(1e-3, high - low);
  const usual = (USUAL_SPREAD * distance) ** 2;
  const squares = left.reduce((sum, score) => sum + (score - high) ** 2, 0);
  const highVariance = (squares + USUAL_WEIGHT * usual) / (Math.max(0, left.length - 1) + USUAL_WEIGHT);
  const variance = (highVariance + lowSpread ** 2) / 2;
  const slope = distance / variance;
  const even = (-slope * (low + high)) / 2;
  let share = 0.05;
  for (let round = 0; round < ROUNDS; round++) {
    const offset = even + Math.log(share / (1 - share));
    const expected = mean(background.map((score) => sigmoid(slope * score + offset)));
    share = Math.min(MOST_SHARE, Math.max(LEAST_SHARE, expected));
  }
  const offset = even + Math.log(share / (1 - share));
  return { calibration: { slope, offset }, separation: left.length > 0 ? separationOf(left, background) : null };
}

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** How often one of `high` exceeds one of `low`; a tie counts half. */
function separationOf(high: readonly number[], low: readonly number[]): number {
  let wins = 0;
  for (const a of high) for (const b of low) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (high.length * low.length);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
