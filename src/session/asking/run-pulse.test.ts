import { expect, it } from 'vitest';
import { readPulse } from './run-pulse.ts';

const clock = { startedMs: 1000, doneAtMs: 31_000, done: 10, left: 5, nowMs: 32_000 };
const lively = { silentMs: 900, longestMs: 2500, limitMs: 60_000 };

it('forecasts from the pace so far, less what the slice at hand has taken', () => {
  expect(readPulse(clock, [lively])).toEqual({
    elapsedMs: 31_000,
    leftMs: 14_000,
    silentMs: null,
    replacedAfterMs: null,
  });
});

it('never counts down into the slices that are not begun', () => {
  expect(readPulse({ ...clock, nowMs: 39_000 }, [lively]).leftMs).toBe(12_000);
});

it('claims no time left when nothing came for long, and says for how long', () => {
  const silent = { silentMs: 40_000, longestMs: 2500, limitMs: 60_000 };
  const pulse = readPulse({ ...clock, nowMs: 71_000 }, [lively, silent]);
  expect(pulse).toEqual({ elapsedMs: 70_000, leftMs: null, silentMs: 40_000, replacedAfterMs: 60_000 });
});

it('takes a long step for usual where long steps are', () => {
  const slow = { silentMs: 40_000, longestMs: 35_000, limitMs: 350_000 };
  const steps = { startedMs: 0, doneAtMs: 400_000, done: 10, left: 5, nowMs: 440_000 };
  expect(readPulse(steps, [slow])).toMatchObject({ leftMs: 160_000, silentMs: null });
});

it('claims no time left when one slice takes far longer than the others, though steps come', () => {
  expect(readPulse({ ...clock, nowMs: 45_000 }, [lively])).toMatchObject({ leftMs: null, silentMs: null });
});

it('claims none before the first slice is done', () => {
  expect(readPulse({ ...clock, done: 0, doneAtMs: 1000 }, []).leftMs).toBeNull();
});
