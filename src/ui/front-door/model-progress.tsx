import { useEffect, useReducer, useRef } from 'preact/hooks';
import type { LoadProgress } from '../../vlm/types.ts';
import { type LoadPace, loadWords, paceOfLoad } from '../format/run-pace.ts';
import { useSession } from '../session-context.ts';
import { LoadAgain, modelLine } from '../shell/model-menu.tsx';

/** Renders the component once a second while `isActive`, so that the times it shows stay current. */
function useSeconds(isActive: boolean): void {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (!isActive) return;
    const timer = setInterval(() => tick(undefined), 1000);
    return () => clearInterval(timer);
  }, [isActive]);
}

/** How much longer the load will take, at the pace since this component first saw it; null while unknown. */
function useLoadPace(progress: LoadProgress | null): string | null {
  const seen = useRef<LoadPace | null>(null);
  useSeconds(progress !== null);
  if (!progress) seen.current = null;
  else seen.current = paceOfLoad(seen.current, progress, performance.now());
  return seen.current && loadWords(seen.current, performance.now());
}

/** How much of the model has loaded, in bytes, and how long the rest will take. */
export function ModelProgress() {
  const { model } = useSession();
  const state = model.state.value;
  const progress = state.status === 'loading' ? state.progress : null;
  const pace = useLoadPace(progress);
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
        {pace !== null && `, ${pace}`}
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
