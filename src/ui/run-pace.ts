import type { RunPulse } from '../session/types.ts';
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
        ? `no sign of life for ${formatDuration(silentMs)}`
        : leftMs !== null
          ? `${formatDuration(leftMs)} left`
          : null,
    remedy: replacedAfterMs === null ? null : `after ${formatDuration(replacedAfterMs)} the worker is replaced`,
  };
}
