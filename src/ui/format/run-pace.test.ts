import { expect, test } from 'vitest';
import { loadWords, paceOfLoad, paceWords } from './run-pace.ts';

test('a run at its usual pace shows the time taken and the time left', () => {
  const words = paceWords({ elapsedMs: 12_000, leftMs: 40_000, silentMs: null, replacedAfterMs: null });
  expect(words).toEqual({ elapsed: '12\u00a0s', ahead: '40\u00a0s left', remedy: null });
});

test('a silent worker is shown instead of the time left', () => {
  const words = paceWords({ elapsedMs: 94_000, leftMs: null, silentMs: 40_000, replacedAfterMs: 60_000 });
  expect(words.ahead).toBe('no response for 40\u00a0s');
  expect(words.remedy).toBe('after 1\u00a0min 0\u00a0s the worker is replaced');
});

test('nothing is shown before something is known', () => {
  expect(paceWords({ elapsedMs: 300, leftMs: null, silentMs: null, replacedAfterMs: null })).toEqual({
    elapsed: null,
    ahead: null,
    remedy: null,
  });
  expect(paceWords(null).ahead).toBeNull();
});

test('a load shows the time left at its pace, and the time without a response', () => {
  const at = (loadedBytes: number) => ({ phase: 'download' as const, loadedBytes, totalBytes: 1000 });
  const [first, second] = [at(0), at(400)];
  const begun = paceOfLoad(null, first, 0);
  expect(loadWords(begun, 500)).toBeNull();
  const pace = paceOfLoad(begun, second, 4000);
  expect(loadWords(pace, 4000)).toBe('6.0\u00a0s left');
  // The same progress, seen again.
  expect(paceOfLoad(pace, second, 40_000)).toBe(pace);
  expect(loadWords(pace, 44_000)).toBe('no response for 40\u00a0s');
});

test('a long phase without bytes is shown, too', () => {
  const compile = { phase: 'compile' as const, loadedBytes: 1000, totalBytes: 1000 };
  expect(loadWords(paceOfLoad(null, compile, 0), 5000)).toBeNull();
  expect(loadWords(paceOfLoad(null, compile, 0), 15_000)).toBe('no response for 15\u00a0s');
});
