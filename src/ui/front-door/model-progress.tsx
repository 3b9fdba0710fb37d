import { useSession } from '../session-context.ts';
import { modelLine } from '../shell/model-menu.tsx';

/** How far the model has loaded, in bytes. */
export function ModelProgress() {
  const session = useSession();
  const state = session.model.value;
  if (state.status === 'failed') {
    return (
      <div class="model-progress failure">
        <p>
          The model did not load. {state.error.message} <code>{state.error.code}</code>
        </p>
        <button
          type="button"
          class="button"
          onClick={() => session.loadModel(session.backendChoice.value).catch(() => undefined)}
        >
          Load again
        </button>
      </div>
    );
  }
  const progress = state.status === 'loading' ? state.progress : null;
  const determinate = progress?.phase === 'download' && progress.totalBytes > 0;
  return (
    <div class="model-progress">
      <p id="model-progress-line">
        {state.status === 'ready'
          ? `${state.loaded.model.name} is ready · ${state.loaded.backend.label}`
          : modelLine(state)}
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
