import { describe, expect, it } from 'vitest';
import { manyThings, plansOfMany } from '../testing/many.ts';
import { runPlan } from './run.ts';

/** Four times as many things take about four times as long: no loop inside a loop. That would take sixteen times. */
const MOST = 10;
const FEW = 600;

/** Processor time, which other programs don't lengthen; the least of some runs. */
function leastMs(work: () => void): number {
  const times = Array.from({ length: 2 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

describe('a plan about many things', () => {
  const few = manyThings(FEW);
  const many = manyThings(4 * FEW);

  it.each(Object.entries(plansOfMany))('takes as long as they are many: %s', (_, plan) => {
    // The first run is slow, as code is compiled.
    runPlan(plan, few.evidence, few.ground);
    const fewMs = leastMs(() => runPlan(plan, few.evidence, few.ground));
    const manyMs = leastMs(() => runPlan(plan, many.evidence, many.ground));
    expect(manyMs / Math.max(fewMs, 2)).toBeLessThan(MOST);
  });
});
