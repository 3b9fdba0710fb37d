import type { Signal } from '@preact/signals';
import type { Pulse } from '../../workers/watch.ts';
import type { RunPulse } from './port.ts';

const TICK_MS = 1000;
/** A silence shorter than this is not worth a word. */
const LEAST_SILENCE_MS = 10_000;
/** Nor is one that is not much longer than the longest honest step. */
const SILENCE_FACTOR = 2;
/** A slice that takes this many times as long as the others makes any forecast a guess. */
const LATE_FACTOR = 3;

/** What a run's clock knows. Times are of `performance.now()`. */
export interface RunClock {
  startedMs: number;
  /** When the last slice was done; `startedMs` before that. */
  doneAtMs: number;
  /** Slices done since the start, and those still to come. */
  done: number;
  left: number;
  nowMs: number;
}

/** What can be said of a run at this moment. `pulses` are of the workers that it waits for. */
export function readPulse(clock: RunClock, pulses: readonly Pulse[]): RunPulse {
  const silent = pulses
    .filter(({ silentMs, longestMs }) => silentMs > Math.max(LEAST_SILENCE_MS, SILENCE_FACTOR * longestMs))
    .sort((a, b) => b.silentMs - a.silentMs)[0];
  return {
    elapsedMs: clock.nowMs - clock.startedMs,
    leftMs: silent ? null : timeLeftMs(clock),
    silentMs: silent?.silentMs ?? null,
    replacedAfterMs: silent?.limitMs ?? null,
  };
}

/** From the pace so far; null before anything is done, and where the slice at hand takes much longer than the others did. */
function timeLeftMs({ startedMs, doneAtMs, done, left, nowMs }: RunClock): number | null {
  if (done === 0 || left <= 0) return null;
  const eachMs = (doneAtMs - startedMs) / done;
  const waitedMs = nowMs - doneAtMs;
  if (waitedMs > Math.max(LEAST_SILENCE_MS, LATE_FACTOR * eachMs)) return null;
  return Math.max(eachMs * left - waitedMs, eachMs * (left - 1));
}

/** Keeps `pulse` up to date once a second until it is stopped, and null afterwards. */
export function watchRun(
  pulse: Signal<RunPulse | null>,
  slices: number,
  pulses: () => (Pulse | null)[],
): { sliceDone(): void; stop(): void } {
  const startedMs = performance.now();
  let doneAtMs = startedMs;
  let done = 0;
  const tell = () => {
    const clock = { startedMs, doneAtMs, done, left: slices - done, nowMs: performance.now() };
    pulse.value = readPulse(
      clock,
      pulses().filter((each) => each !== null),
    );
  };
  const timer = setInterval(tell, TICK_MS);
  tell();
  return {
    sliceDone: () => {
      done += 1;
      doneAtMs = performance.now();
      tell();
    },
    stop: () => {
      clearInterval(timer);
      pulse.value = null;
    },
  };
}
