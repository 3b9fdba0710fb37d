import type { ModelState } from '../../session/model/port.ts';
import type { BackendChoice, ModelInfo } from '../../vlm/types.ts';
import { AdapterPanel } from '../adapters/adapter-panel.tsx';
import { formatBytes, formatDuration } from '../format/format.ts';
import { Icon } from '../parts/icon.tsx';
import { useSession } from '../session-context.ts';
import { ModelSource } from './model-source.tsx';

const choices: readonly { value: BackendChoice; label: string; note: string }[] = [
  { value: 'auto', label: 'Automatic', note: 'WebGPU on a real graphics adapter, else WebAssembly' },
  { value: 'webgpu', label: 'WebGPU', note: 'the graphics adapter' },
  { value: 'wasm', label: 'WebAssembly', note: 'the processor' },
];

const phases = {
  download: 'Reading model',
  verify: 'Checking model',
  compile: 'Preparing model',
  'warm-up': 'Warming up',
  ready: 'Starting',
};

/** One line about the model: what it is doing, or where it runs. */
export function modelLine(state: ModelState): string {
  switch (state.status) {
    case 'idle':
      return 'Model not loaded';
    case 'loading': {
      const { progress } = state;
      if (!progress) return 'Loading model';
      if (progress.phase !== 'download' || progress.totalBytes === 0) return phases[progress.phase];
      return `${phases.download} ${formatBytes(progress.loadedBytes)} of ${formatBytes(progress.totalBytes)}`;
    }
    case 'ready':
      return state.loaded.backend.label;
    case 'failed':
      return 'Model failed';
  }
}

/** The model's state; opens to details and the choice of backend. */
export function ModelMenu() {
  const session = useSession();
  const state = session.model.state.value;
  const busy = state.status === 'loading';
  return (
    <>
      <button
        type="button"
        class="button quiet model-state"
        popovertarget="model-menu"
        data-status={state.status}
        data-tip="Model and backend"
      >
        <span class={busy ? 'spinner' : 'lamp'} aria-hidden="true" />
        <span class="model-line">{modelLine(state)}</span>
        <Icon name="down" size={12} />
      </button>
      <div class="popover model-menu" id="model-menu" popover="auto" role="dialog" aria-label="Model and backend">
        <ModelFacts state={state} />
        <ModelSource />
        <fieldset>
          <legend>Backend</legend>
          {choices.map(({ value, label, note }) => (
            <label class="radio" key={value}>
              <input
                type="radio"
                name="backend"
                value={value}
                checked={session.model.backendChoice.value === value}
                disabled={busy}
                onChange={() => void session.model.load(value)}
              />
              <span>
                {label}
                <small>{note}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <AdapterPanel />
      </div>
    </>
  );
}

/** After a failure: loads the same model with the same backend choice. */
export function LoadAgain() {
  const { model } = useSession();
  return (
    <button type="button" class="button" onClick={() => void model.load(model.backendChoice.value)}>
      Load again
    </button>
  );
}

/** The scales of scenes that its other parts don't know. */
const coarserScenes = ({ sceneScales = [], gsdMetres }: ModelInfo) =>
  sceneScales.map((group) => group.gsdMetres).filter(({ min }) => gsdMetres !== null && min > gsdMetres.max);

function ModelFacts({ state }: { state: ModelState }) {
  if (state.status === 'failed') {
    return (
      <div class="failure">
        <p>{state.error.message}</p>
        <p>
          <code>{state.error.code}</code>
        </p>
        <LoadAgain />
      </div>
    );
  }
  if (state.status !== 'ready') return <p>{modelLine(state)}</p>;
  const { model, backend, loadMs } = state.loaded;
  return (
    <dl class="facts">
      <dt>Model</dt>
      <dd>
        {model.name} {model.version}, {formatBytes(model.sizeBytes)}
      </dd>
      <dt>Runs on</dt>
      <dd>{backend.label}</dd>
      <dt>Because</dt>
      <dd>{backend.reason}</dd>
      <dt>Bands</dt>
      <dd>{model.bands.map(({ name, optional }) => (optional ? `${name} (optional)` : name)).join(', ')}</dd>
      {model.gsdMetres && (
        <>
          <dt>Made for</dt>
          <dd>
            {model.gsdMetres.min}–{model.gsdMetres.max} m/px, best at {model.gsdMetres.best} m/px
            {coarserScenes(model).map(({ min, max }) => `; scenes also at ${min}–${max} m/px`)}
          </dd>
        </>
      )}
      <dt>Classes</dt>
      <dd>{model.classes.map((each) => each.name).join(', ') || 'none by name: asked for in words'}</dd>
      <dt>Licence</dt>
      <dd>{model.licence}</dd>
      <dt>Loaded in</dt>
      <dd>{formatDuration(loadMs)}</dd>
      <dt>Hash</dt>
      <dd>
        <code class="hash">{model.hash}</code>
      </dd>
    </dl>
  );
}
