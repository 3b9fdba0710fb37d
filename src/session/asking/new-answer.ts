import { meanGsd, type SceneInfo } from '../../imagery/image.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { DEFAULT_GENERATION } from '../answer/generation.ts';
import type { Answer, OpenScene } from '../document.ts';
import { newId } from '../ids.ts';
import { type ChosenRegion, chooseRegion } from '../layers/region.ts';
import type { SessionState } from '../state.ts';
import type { AskInput } from './port.ts';
import { inputBandsFor } from './slices/input-bands.ts';

/** What a question is put to. */
export interface AskedOf {
  scene: OpenScene;
  model: ModelInfo;
  backend: Answer['backend'];
}

/** Everything about an answer that doesn't depend on how it is found. Errors: WINDOW_OUTSIDE, MODEL_BAND_MISSING. */
export function newAnswer(
  state: SessionState,
  input: AskInput,
  { scene, model, backend }: AskedOf,
): Answer & Required<Pick<Answer, 'inputBands'>> {
  const { info } = scene;
  const region = chosenRegion(state, input, info);
  return {
    id: newId('a'),
    layerId: scene.layerId,
    createdAt: new Date().toISOString(),
    task: input.task,
    label: null,
    question: '',
    prompt: '',
    region: region.window,
    regionKind: region.kind,
    status: 'running',
    text: '',
    runs: [],
    raw: [],
    counts: { stated: null, merged: 0 },
    scores: {},
    numbers: {},
    progress: { done: 0, total: 0, elapsedMs: 0 },
    timings: null,
    error: null,
    failedTiles: [],
    model,
    adapter: state.adapter.value.info,
    backend,
    bands: scene.bands,
    inputBands: inputBandsFor(model.bands, scene),
    stretch: scene.stretch,
    slicing: 'resize',
    slicingMode: input.slicing ?? 'auto',
    generation: { ...DEFAULT_GENERATION, ...input.generation },
    gsdMetres: meanGsd(info),
  };
}

/** Errors: WINDOW_OUTSIDE. */
export function chosenRegion(
  { region, view }: Pick<SessionState, 'region' | 'view'>,
  input: Pick<AskInput, 'region'>,
  { width, height }: Pick<SceneInfo, 'width' | 'height'>,
): ChosenRegion {
  return chooseRegion(input.region, { width, height, drawn: region.value, view: view.value });
}
