import { expect, test } from 'vitest';
import { paceWords } from './run-pace.ts';

test('a run at its usual pace says how long it took and how long it will', () => {
  const words = paceWords({ elapsedMs: 12_000, leftMs: 40_000, silentMs: null, replacedAfterMs: null });
  expect(words).toEqual({ elapsed: '12\u00a0s', ahead: '40\u00a0s left', remedy: null });
});

test('a silent worker takes the place of the time left', () => {
  const words = paceWords({ elapsedMs: 94_000, leftMs: null, silentMs: 40_000, replacedAfterMs: 60_000 });
  expect(words.ahead).toBe('no sign of life for 40\u00a0s');
  expect(words.remedy).toBe('after 1\u00a0min 0\u00a0s the worker is replaced');
});

test('nothing is said before there is something to say', () => {
  expect(paceWords({ elapsedMs: 300, leftMs: null, silentMs: null, replacedAfterMs: null })).toEqual({
    elapsed: null,
    ahead: null,
    remedy: null,
  });
  expect(paceWords(null).ahead).toBeNull();
});
