import type { RunPulse } from '../../session/asking/port.ts';
import type { LoadProgress } from '../../vlm/types.ts';
import { formatDuration } from './format.ts';

/** Text about a run's pace: the time it has taken, and the time left or the time without a response. */
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

/** Shorter silences aren't mentioned. */
const minSilenceMs = 10_000;

/** The observed progress of a load. Times are of `performance.now()`. */
export interface LoadPace {
  progress: LoadProgress;
  /** When this progress was first seen. */
  atMs: number;
  /** When the download was first seen, and how many bytes had arrived by then; null in other phases. */
  start: { atMs: number; bytes: number } | null;
}

export function paceOfLoad(before: LoadPace | null, progress: LoadProgress, nowMs: number): LoadPace {
  if (before?.progress === progress) return before;
  const start = progress.phase === 'download' ? (before?.start ?? { atMs: nowMs, bytes: progress.loadedBytes }) : null;
  return { progress, atMs: nowMs, start };
}

/** "12 s left", or the time without a response; null while neither is known. */
export function loadWords({ progress, atMs, start }: LoadPace, nowMs: number): string | null {
  const silentMs = nowMs - atMs;
  if (silentMs >= minSilenceMs) return `no response for ${formatDuration(silentMs)}`;
  if (!start) return null;
  const elapsedMs = nowMs - start.atMs;
  const bytes = progress.loadedBytes - start.bytes;
  // A pace measured over less than a second is unreliable.
  if (elapsedMs < 1000 || bytes <= 0) return null;
  return `${formatDuration((elapsedMs / bytes) * (progress.totalBytes - progress.loadedBytes))} left`;
}
