import type { PixelWindow } from '../../geo/types.ts';
import { intersect } from '../../geo/windows.ts';
import type { SceneInfo } from '../../imagery/image.ts';
import type { BandTile, ReadRequest } from '../../imagery/tiles.ts';
import { waitFor } from '../../lib/abort.ts';
import { NadirError } from '../../lib/errors.ts';
import { taskOf } from '../../tasks/table.ts';
import type { AskRequest, AskResult, GenerationOptions } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import type { BeforeKeeper } from '../compare/change.ts';
import { windowAsTileBox } from '../layers/region.ts';
import type { ModelKeeper } from '../model/model.ts';
import type { WorkerHost } from '../model/worker-host.ts';
import type { SceneKeeper } from '../opening/scene.ts';
import type { Answer } from '../types.ts';
import { type Gathered, gather, gatherArea, gatherFailure } from './gathering.ts';
import { asShown, type Blank, blankOf } from './model-tile.ts';
import type { Label } from './prompt.ts';

/** The slices of one answer that are to be read, and how to ask about each. */
export interface SliceRun {
  answer: Answer;
  windows: PixelWindow[];
  label: Label | null;
  /** The scene asked about. */
  after: SceneInfo;
  options: GenerationOptions;
}

export interface RunContext {
  scenes: SceneKeeper;
  befores: BeforeKeeper;
  models: ModelKeeper;
  vlm: () => WorkerHost<VlmApi>;
  signal: AbortSignal;
}

export interface RunEvents {
  /** The visible text of the slice being answered, so far. */
  text(text: string): void;
  /** One more slice was answered, skipped or failed. */
  sliceDone(): void;
}

/** `before` is there for questions about change. */
type Tiles = { tile: BandTile; before: BandTile | null };
/**
 * The worker looks for a cancel between tokens and stages. A token is short, and what was written comes back; the vision
 * tower may take seconds, and isn't waited for: it ends by itself before the next question.
 */
const STOP_GRACE_MS = 400;

/** Rejects with ABORTED when the grace after a stop is over and `isSilent` still: no words are lost. `stop` gives up watching. */
function stoppedAfterGrace(
  signal: AbortSignal,
  isSilent: () => boolean,
): { promise: Promise<never>; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = () => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => {
        if (isSilent()) reject(new NadirError('ABORTED', 'Stopped on request.'));
      }, STOP_GRACE_MS);
    };
  });
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    promise,
    stop: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

type Read = ({ ok: true } & Tiles) | { ok: false; error: NadirError };

/**
 * Asks about each slice in turn and gathers the answers; the next slice is read while the model works on this one. A
 * slice that fails is recorded and the run goes on; a worker that crashed or hung is waited for and its slice tried once more.
 * Returns early when `signal` aborts. Rejects only when the model can't be had any more.
 */
export async function readSlices(
  run: SliceRun,
  gathered: Gathered,
  context: RunContext,
  events: RunEvents,
): Promise<void> {
  let ahead = startRead(run, 0, context);
  for (const [index, window] of run.windows.entries()) {
    const read = await ahead;
    ahead = startRead(run, index + 1, context);
    if (context.signal.aborted) return;
    let failure = await answerSlice(run, window, read, gathered, context, events);
    try {
      if (failure && (await isWorthAnotherTry(failure, context))) {
        failure = await answerSlice(run, window, await startRead(run, index, context), gathered, context, events);
        // The run goes on once the worker is back.
        if (failure && isLoss(failure)) await isWorthAnotherTry(failure, context);
      }
    } catch (thrown) {
      if (context.signal.aborted) return;
      throw thrown;
    }
    if (failure && !context.signal.aborted) gatherFailure(gathered, window, run, failure);
    events.sliceDone();
    if (context.signal.aborted) return;
  }
}

/** Null when the slice was answered, or there is nothing on it. Never rejects. */
async function answerSlice(
  run: SliceRun,
  window: PixelWindow,
  read: Read,
  gathered: Gathered,
  context: RunContext,
  events: RunEvents,
): Promise<NadirError | null> {
  if (!read.ok) return read.error;
  const blank = blankIn(run, window, read);
  try {
    if (blank !== null) gathered.blank[blank] += 1;
    else {
      const result = await askSlice(run, window, read, context, events);
      gather(gathered, run.answer.id, window, run.answer.model, result);
    }
    gatherArea(gathered, window, run.after, read.tile.validFraction);
    return null;
  } catch (thrown) {
    return NadirError.from(thrown);
  }
}

/** A worker was lost, which says little about the slice: another one may answer. */
function isLoss({ code }: NadirError): boolean {
  return code === 'WORKER_CRASHED' || code === 'DEVICE_LOST';
}

/** True after the loss of a worker, once its replacement is ready. Rejects when there is no model to go on with; ABORTED. */
async function isWorthAnotherTry(failure: NadirError, { models, signal }: RunContext): Promise<boolean> {
  if (signal.aborted || !isLoss(failure)) return false;
  if (failure.code === 'DEVICE_LOST') models.replaceWorker(failure);
  await waitFor(models.ready(), signal);
  return true;
}

/** How one slice of an answer is read for the model: to show later what it saw, too. */
export function modelInputOf(answer: Answer, window: PixelWindow): Omit<ReadRequest, 'scene'> & { layerId?: string } {
  const { tileSize } = answer.model;
  return {
    ...(answer.layerId === undefined ? {} : { layerId: answer.layerId }),
    window,
    outWidth: tileSize,
    outHeight: tileSize,
    bands: answer.bands,
    stretch: answer.stretch,
    resampling: window.width > tileSize ? 'area' : 'bilinear',
  };
}

/** Never rejects, since a read ahead may fail before anybody waits for it. */
async function startRead(run: SliceRun, index: number, { scenes, befores, signal }: RunContext): Promise<Read> {
  const window = run.windows[index];
  if (!window) return { ok: false, error: new NadirError('INTERNAL', 'No further slice.') };
  try {
    // A worker that was lost meanwhile opens its images again first.
    await waitFor(Promise.all([scenes.recovered(), befores.recovered()]), signal);
    const tile = await scenes.readBands(modelInputOf(run.answer, window), signal);
    const { answer, after } = run;
    const before = taskOf(answer.task).needs.before
      ? await befores.readTile(after, window, answer.model.tileSize, answer.bands, signal)
      : null;
    return { ok: true, ...alikeInBands(tile, before) };
  } catch (thrown) {
    return { ok: false, error: NadirError.from(thrown) };
  }
}

/**
 * Why nothing can be said of what a slice shows of the region, in either image; null where something can. Noise is itself a
 * defect that can be named, and what stands on a field that shows nothing else may have changed.
 */
function blankIn({ answer }: SliceRun, window: PixelWindow, { tile, before }: Tiles): Blank | null {
  const { tileSize } = answer.model;
  const scale = tileSize / window.width;
  const shown = intersect(answer.region, window) ?? window;
  const part = {
    x: (shown.x - window.x) * scale,
    y: ((shown.y - window.y) * tileSize) / window.height,
    width: shown.width * scale,
    height: (shown.height * tileSize) / window.height,
  };
  const blank = blankOf(tile, part, scale) ?? (before && blankOf(before, part, scale));
  const { joins, needs } = taskOf(answer.task);
  return blank === 'noise' && (joins === 'defects' || needs.before) ? null : blank;
}

/** A near infrared that only one of two images has would itself look like a change. */
function alikeInBands(tile: BandTile, before: BandTile | null): Tiles {
  if (!before || tile.hasNir === before.hasNir) return { tile, before };
  return { tile: { ...tile, hasNir: false }, before: { ...before, hasNir: false } };
}

async function askSlice(
  run: SliceRun,
  window: PixelWindow,
  { tile, before }: Tiles,
  { vlm, signal }: RunContext,
  events: RunEvents,
): Promise<AskResult> {
  const { answer } = run;
  const [shown, shownBefore] = [asShown(tile), before && asShown(before)];
  const request: AskRequest = {
    task: answer.task,
    prompt: answer.prompt,
    label: run.label?.className ?? null,
    region: taskOf(answer.task).needs.region ? windowAsTileBox(answer.region, window, answer.model.tileSize) : null,
    slice: { tile: shown, window },
    before: shownBefore && { tile: shownBefore, window },
    options: run.options,
    wantMasks: taskOf(answer.task).masks,
  };
  let phase: 'silent' | 'writing' | 'over' = 'silent';
  const { promise: stopped, stop } = stoppedAfterGrace(signal, () => phase === 'silent');
  try {
    const answered = vlm().api.ask(request, signal, (event) => {
      if (event.kind !== 'text' || phase === 'over') return;
      phase = 'writing';
      events.text(event.text);
    });
    return await Promise.race([answered, stopped]);
  } finally {
    phase = 'over';
    stop();
  }
}
