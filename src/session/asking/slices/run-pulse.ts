import type { Signal } from '@preact/signals';
import type { Pulse } from '../../../workers/watch.ts';
import type { RunPulse } from '../port.ts';

const TICK_MS = 1000;
/** A shorter silence is not shown. */
const LEAST_SILENCE_MS = 10_000;
/** Nor is one shorter than the longest step so far times this. */
const SILENCE_FACTOR = 2;
/** No time left is shown once a slice takes this many times as long as the others. */
const LATE_FACTOR = 3;

/** Times of a run, by `performance.now()`. */
export interface RunClock {
  startedMs: number;
  /** When the last slice was done; `startedMs` before that. */
  doneAtMs: number;
  /** Slices done since the start, and those still to come. */
  done: number;
  left: number;
  nowMs: number;
}

/** The pulse at this moment. `pulses` are those of the workers that the run waits for. */
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

/** From the pace so far; null before the first slice is done, and while a slice takes much longer than the others did. */
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
): { known(done: number): void; sliceDone(): void; stop(): void } {
  const startedMs = performance.now();
  let doneAtMs = startedMs;
  let done = 0;
  let left = slices;
  const update = () => {
    const clock = { startedMs, doneAtMs, done, left, nowMs: performance.now() };
    pulse.value = readPulse(
      clock,
      pulses().filter((each) => each !== null),
    );
  };
  const timer = setInterval(update, TICK_MS);
  update();
  return {
    // What needn't be done says nothing of the pace.
    known: (count) => {
      left = slices - count;
      update();
    },
    sliceDone: () => {
      done += 1;
      left -= 1;
      doneAtMs = performance.now();
      update();
    },
    stop: () => {
      clearInterval(timer);
      pulse.value = null;
    },
  };
}
