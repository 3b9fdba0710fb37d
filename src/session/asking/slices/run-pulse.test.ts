import { expect, it } from 'vitest';
import { readPulse } from './run-pulse.ts';

const clock = { startedMs: 1000, doneAtMs: 31_000, done: 10, left: 5, nowMs: 32_000 };
const lively = { silentMs: 900, longestMs: 2500, limitMs: 60_000 };

it('estimates from the pace so far, less the time of the present slice', () => {
  expect(readPulse(clock, [lively])).toEqual({
    elapsedMs: 31_000,
    leftMs: 14_000,
    silentMs: null,
    replacedAfterMs: null,
  });
});

it('never counts down into slices that have not started', () => {
  expect(readPulse({ ...clock, nowMs: 39_000 }, [lively]).leftMs).toBe(12_000);
});

it('estimates no time left during a long silence, and gives its length', () => {
  const silent = { silentMs: 40_000, longestMs: 2500, limitMs: 60_000 };
  const pulse = readPulse({ ...clock, nowMs: 71_000 }, [lively, silent]);
  expect(pulse).toEqual({ elapsedMs: 70_000, leftMs: null, silentMs: 40_000, replacedAfterMs: 60_000 });
});

it('doesn’t count a long step as a silence if earlier steps were as long', () => {
  const slow = { silentMs: 40_000, longestMs: 35_000, limitMs: 350_000 };
  const steps = { startedMs: 0, doneAtMs: 400_000, done: 10, left: 5, nowMs: 440_000 };
  expect(readPulse(steps, [slow])).toMatchObject({ leftMs: 160_000, silentMs: null });
});

it('estimates no time left when one slice takes far longer than the others', () => {
  expect(readPulse({ ...clock, nowMs: 45_000 }, [lively])).toMatchObject({ leftMs: null, silentMs: null });
});

it('estimates none before the first slice is done', () => {
  expect(readPulse({ ...clock, done: 0, doneAtMs: 1000 }, []).leftMs).toBeNull();
});
