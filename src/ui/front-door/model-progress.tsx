import { useRef } from 'preact/hooks';
import type { LoadProgress } from '../../workers/vlm/api.ts';
import { formatDuration } from '../format.ts';
import { useSession } from '../session-context.ts';
import { LoadAgain, modelLine } from '../shell/model-menu.tsx';

/** Milliseconds until `progress` is complete at the pace since this component first saw it; null until that can be said. */
function useTimeLeft(progress: LoadProgress | null): number | null {
  const start = useRef<{ timeMs: number; bytes: number } | null>(null);
  if (progress?.phase !== 'download') {
    start.current = null;
    return null;
  }
  start.current ??= { timeMs: performance.now(), bytes: progress.loadedBytes };
  const elapsedMs = performance.now() - start.current.timeMs;
  const bytes = progress.loadedBytes - start.current.bytes;
  // A pace measured over less than a second says little.
  if (elapsedMs < 1000 || bytes <= 0) return null;
  return (elapsedMs / bytes) * (progress.totalBytes - progress.loadedBytes);
}

/** How far the model has loaded, in bytes, and how long it will take. */
export function ModelProgress() {
  const session = useSession();
  const state = session.model.value;
  const progress = state.status === 'loading' ? state.progress : null;
  const leftMs = useTimeLeft(progress);
  if (state.status === 'failed') {
    return (
      <div class="model-progress failure">
        <p>
          The model did not load. {state.error.message} <code>{state.error.code}</code>
        </p>
        <LoadAgain />
      </div>
    );
  }
  const determinate = progress?.phase === 'download' && progress.totalBytes > 0;
  return (
    <div class="model-progress">
      <p id="model-progress-line">
        {state.status === 'ready'
          ? `${state.loaded.model.name} is ready · ${state.loaded.backend.label}`
          : modelLine(state)}
        {leftMs !== null && `, ${formatDuration(leftMs)} left`}
      </p>
      {state.status === 'loading' && (
        <progress
          aria-labelledby="model-progress-line"
          {...(determinate ? { value: progress.loadedBytes, max: progress.totalBytes } : {})}
        />
      )}
    </div>
  );
}
