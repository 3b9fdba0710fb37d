import type { RunPulse } from '../session/types.ts';
import type { LoadProgress } from '../vlm/types.ts';
import { formatDuration } from './format.ts';

/** What is said of a run beside how far it is: the time it has taken, and the time left or how long nothing came. */
export function paceWords(pulse: RunPulse | null): {
  elapsed: string | null;
  ahead: string | null;
  remedy: string | null;
} {
  if (!pulse) return { elapsed: null, ahead: null, remedy: null };
  const { elapsedMs, leftMs, silentMs, replacedAfterMs } = pulse;
  return {
    elapsed: elapsedMs > 1000 ? formatDuration(elapsedMs) : null,
    ahead:
      silentMs !== null
        ? `no response for ${formatDuration(silentMs)}`
        : leftMs !== null
          ? `${formatDuration(leftMs)} left`
          : null,
    remedy: replacedAfterMs === null ? null : `after ${formatDuration(replacedAfterMs)} the worker is replaced`,
  };
}

/** Nothing is said of a silence shorter than this. */
const leastSilenceMs = 10_000;

/** A load as its progress was seen; times are of `performance.now()`. */
export interface LoadPace {
  progress: LoadProgress;
  /** When this progress was first seen. */
  atMs: number;
  /** When the download was first seen, and how many bytes had come by then; null in other phases. */
  start: { atMs: number; bytes: number } | null;
}

export function paceOfLoad(before: LoadPace | null, progress: LoadProgress, nowMs: number): LoadPace {
  if (before?.progress === progress) return before;
  const start = progress.phase === 'download' ? (before?.start ?? { atMs: nowMs, bytes: progress.loadedBytes }) : null;
  return { progress, atMs: nowMs, start };
}

/** "12 s left", or for how long nothing came; null while nothing can be said. */
export function loadWords({ progress, atMs, start }: LoadPace, nowMs: number): string | null {
  const silentMs = nowMs - atMs;
  if (silentMs >= leastSilenceMs) return `no response for ${formatDuration(silentMs)}`;
  if (!start) return null;
  const elapsedMs = nowMs - start.atMs;
  const bytes = progress.loadedBytes - start.bytes;
  // A pace measured over less than a second says little.
  if (elapsedMs < 1000 || bytes <= 0) return null;
  return `${formatDuration((elapsedMs / bytes) * (progress.totalBytes - progress.loadedBytes))} left`;
}
