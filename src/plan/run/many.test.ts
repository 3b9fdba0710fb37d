import { describe, expect, it } from 'vitest';
import { manyThings, plansOfMany } from '../testing/many.ts';
import { runPlan } from './run.ts';

/** Four times as many things take about four times as long: no loop inside a loop. That would take sixteen times. */
const MOST = 10;
/** Up to 2,000, chances are computed exactly, which takes time squared. */
const FEW = 2100;
/** A garbage collection can double a time, so a ratio over MOST must hold for the least of this many. */
const MOST_TRIES = 8;

/** Below this, starting takes longer than working. */
const FLOOR_MS = 2;

/** Processor time, which other programs don't lengthen. */
function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** How much longer `many` takes than `few`: the least times of some tries. */
function growth(few: () => void, many: () => void): number {
  // The first run is slow, as code is compiled.
  few();
  let [fewMs, manyMs, ratio] = [Infinity, Infinity, Infinity];
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    fewMs = Math.min(fewMs, processorMs(few));
    manyMs = Math.min(manyMs, processorMs(many));
    ratio = manyMs / Math.max(fewMs, FLOOR_MS);
    if (ratio < MOST) break;
  }
  return ratio;
}

describe('a plan about many things', () => {
  const few = manyThings(FEW);
  const many = manyThings(4 * FEW);

  it.each(Object.entries(plansOfMany))('takes as long as they are many: %s', (_, plan) => {
    const ratio = growth(
      () => runPlan(plan, few.evidence, few.ground),
      () => runPlan(plan, many.evidence, many.ground),
    );
    expect(ratio).toBeLessThan(MOST);
  });

  it('would notice a loop inside a loop', () => {
    const pairs = (count: number) => () => {
      let near = 0;
      for (let i = 0; i < count; i++) for (let k = 0; k < count; k++) if (Math.hypot(i - k, i % 7) < 3) near++;
      expect(near).toBeGreaterThan(0);
    };
    expect(growth(pairs(1500), pairs(6000))).toBeGreaterThan(MOST);
  });
});
