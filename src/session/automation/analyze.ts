import type { Feature, FeatureCollection } from 'geojson';
import type { SlicingMode } from '../../geo/slicing/slicings.ts';
import type { PixelWindow } from '../../geo/types.ts';
import { NadirError } from '../../lib/errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Result } from '../../plan/result.ts';
import type { TaskId } from '../../tasks/table.ts';
import type { BackendChoice, BackendInfo, LoadedModel } from '../../vlm/types.ts';
import type { Answer, OpenScene } from '../document.ts';
import type { Session } from '../port.ts';
import { until } from './until.ts';

type AnalysisPorts = Pick<Session, 'asking' | 'comparison' | 'exporting' | 'layers' | 'model' | 'opening'>;

/** One question about one image, as the command line and the tests ask it. */
export interface AnalyzeInput {
  /** Give this or `sample`; with neither, the open scene is used. */
  file?: File;
  /** Files beside `file`. */
  sidecars?: File[];
  sample?: string;
  /** For `change`: the earlier image; default: the one that is open. */
  before?: File;
  task: TaskId;
  label?: string | null;
  /** The question, for `ask`. */
  text?: string;
  /** To run in place of a question. */
  plan?: Plan;
  /** In source pixels; default: the whole scene. */
  region?: PixelWindow;
  backend: BackendChoice;
  slicing?: SlicingMode;
}

export interface AnalyzeResult {
  text: string;
  /** Features of the GeoJSON export; `properties.pixelCorners` are four [x,y] in source pixels. */
  features: Feature[];
  counts: Answer['counts'];
  /** How the question was read, and what the plan gave; null for a task. */
  plan: Plan | null;
  result: Result | null;
  model: { id: string; name: string; version: string; hash: string };
  backend: BackendInfo;
  timings: {
    loadMs: number;
    openMs: number;
    answerMs: number;
    stages: Answer['timings'];
  };
  /** How the answer was made. */
  answer: Pick<
    Answer,
    | 'id'
    | 'status'
    | 'task'
    | 'label'
    | 'prompt'
    | 'region'
    | 'slicing'
    | 'generation'
    | 'raw'
    | 'scores'
    | 'numbers'
    | 'readings'
    | 'before'
    | 'adapter'
    | 'otherClassBoxes'
    | 'blank'
    | 'sampledFrom'
    | 'failedTiles'
    | 'progress'
  > & { coverage: Answer['coverage'] | null };
  /** The answer's whole export as GeoJSON. */
  geojson: FeatureCollection;
}

/**
 * Errors: those of opening, loading and asking; NO_IMAGE if nothing is given and nothing is open. An image that can't be opened
 * closes what was open, so that no later question is about the wrong image.
 */
export async function analyze(session: AnalysisPorts, input: AnalyzeInput): Promise<AnalyzeResult> {
  const openStartMs = performance.now();
  const { file, sidecars, sample } = input;
  if (file) await openOnly(session, () => session.opening.openFile(file, sidecars));
  else if (sample !== undefined) await openOnly(session, () => session.opening.openSample(sample));
  else if (!session.layers.active.value) {
    throw new NadirError('NO_IMAGE', 'Nothing to analyze: give a file or the name of a sample scene.');
  }
  if (input.before) await session.comparison.open(input.before);
  const openMs = performance.now() - openStartMs;
  const { model, loadMs } = await loadedWith(session, input.backend);
  const answer = await session.asking.ask({
    task: input.task,
    label: input.label ?? null,
    ...(input.text === undefined ? {} : { text: input.text }),
    ...(input.plan === undefined ? {} : { plan: input.plan }),
    region: input.region ?? 'scene',
    ...(input.slicing === undefined ? {} : { slicing: input.slicing }),
  });
  if (answer.status === 'failed' && answer.error) throw NadirError.fromData(answer.error);
  const { blob } = await session.exporting.exportAs('geojson', [answer.id]);
  const geojson = JSON.parse(await blob.text()) as FeatureCollection;
  const { status, task, label, prompt, region, slicing, raw, scores, numbers, failedTiles, progress } = answer;
  const { before = null, otherClassBoxes = 0 } = answer;
  const { adapter = null, coverage = null, blank, sampledFrom, generation, readings } = answer;
  return {
    text: answer.text,
    features: geojson.features,
    counts: answer.counts,
    plan: answer.plan ?? null,
    result: answer.result ?? null,
    model: { id: model.id, name: model.name, version: model.version, hash: model.hash },
    backend: answer.backend,
    timings: { loadMs, openMs, answerMs: progress.elapsedMs, stages: answer.timings },
    answer: {
      id: answer.id,
      status,
      coverage,
      task,
      label,
      prompt,
      region,
      slicing,
      raw,
      scores,
      numbers,
      before,
      adapter,
      otherClassBoxes,
      ...(generation && { generation }),
      ...(blank && { blank }),
      ...(readings && { readings }),
      ...(sampledFrom !== undefined && { sampledFrom }),
      failedTiles,
      progress,
    },
    geojson,
  };
}

/** Opens an image in place of everything that is open; if that fails, closes everything. Errors: as opening. */
export async function openOnly(session: Pick<Session, 'opening'>, open: () => Promise<OpenScene>): Promise<void> {
  try {
    await open();
  } catch (thrown) {
    await session.opening.closeAll();
    throw thrown;
  }
}

/** Loads the model for this backend unless the page has loaded it, or is loading it. */
async function loadedWith(session: Pick<Session, 'model'>, backend: BackendChoice): Promise<LoadedModel> {
  const { status } = session.model.state.value;
  if (session.model.backendChoice.value !== backend || status === 'idle' || status === 'failed') {
    await session.model.load(backend);
  } else if (status === 'loading') {
    await until(session.model.state, (model) => model.status !== 'loading');
  }
  const state = session.model.state.value;
  if (state.status === 'ready') return state.loaded;
  if (state.status === 'failed') throw NadirError.fromData(state.error);
  throw new NadirError('MODEL_NOT_READY', 'The model was unloaded meanwhile. Try again.');
}
