import type { PixelWindow } from '../geo/types.ts';
import { NadirError } from '../lib/errors.ts';
import type { BandTile, ReadRequest, SceneInfo } from '../workers/raster/api.ts';
import { callback, moveArgument } from '../workers/rpc.ts';
import type { AskRequest, AskResult, GenerationOptions, VlmApi } from '../workers/vlm/api.ts';
import type { BeforeKeeper } from './change.ts';
import { type Gathered, gather, gatherFailure } from './gathering.ts';
import { newId } from './ids.ts';
import type { ModelKeeper } from './model.ts';
import type { Label } from './prompt.ts';
import { windowAsTileBox } from './region.ts';
import type { SceneKeeper } from './scene.ts';
import type { Answer } from './types.ts';
import type { WorkerHost } from './worker-host.ts';

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
 * slice that fails is recorded and the run goes on; a worker that crashed is waited for and its slice tried once more.
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
    try {
      if (!read.ok) throw read.error;
      if (showsNothing(read)) gathered.emptyTiles += 1;
      else
        gather(
          gathered,
          run.answer.id,
          window,
          run.answer.model.tileSize,
          await askSlice(run, window, read, context, events),
        );
    } catch (thrown) {
      const error = await tryAgain(run, window, gathered, context, events, NadirError.from(thrown));
      if (context.signal.aborted) return;
      if (error) gatherFailure(gathered, window, error.toData());
    }
    events.sliceDone();
    if (context.signal.aborted) return;
  }
}

/** Null when the second attempt worked, else the error to record. Rejects when there is no model to go on with. */
async function tryAgain(
  run: SliceRun,
  window: PixelWindow,
  gathered: Gathered,
  context: RunContext,
  events: RunEvents,
  first: NadirError,
): Promise<NadirError | null> {
  if (context.signal.aborted) return null;
  if (first.code === 'DEVICE_LOST') context.models.replaceWorker();
  else if (first.code !== 'WORKER_CRASHED') return first;
  await context.scenes.recovered();
  await context.befores.recovered();
  await context.models.ready();
  const read = await startRead(run, run.windows.indexOf(window), context);
  if (!read.ok) return read.error;
  try {
    const result = await askSlice(run, window, read, context, events);
    gather(gathered, run.answer.id, window, run.answer.model.tileSize, result);
    return null;
  } catch (thrown) {
    // A second crash on one slice: the slice is given up, the run goes on once the worker is back.
    await context.models.ready();
    return NadirError.from(thrown);
  }
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
    const tile = await scenes.readBands(modelInputOf(run.answer, window), signal);
    const { answer, after } = run;
    const before =
      answer.task === 'change'
        ? await befores.readTile(after, window, answer.model.tileSize, answer.bands, signal)
        : null;
    return { ok: true, ...alikeInBands(tile, before) };
  } catch (thrown) {
    return { ok: false, error: NadirError.from(thrown) };
  }
}

/** Nothing can be said where one of the images shows nothing. */
function showsNothing({ tile, before }: Tiles): boolean {
  return tile.validFraction === 0 || before?.validFraction === 0;
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
  const request: AskRequest = {
    task: answer.task,
    prompt: answer.prompt,
    label: run.label?.className ?? null,
    region: answer.task === 'identify' ? windowAsTileBox(answer.region, window, answer.model.tileSize) : null,
    slice: { tile, window },
    before: before && { tile: before, window },
    options: run.options,
    // A region that is named is outlined too: the user drew a box, and means what is in it.
    wantMasks: answer.task === 'segment' || answer.task === 'identify',
  };
  const jobId = newId('ask');
  const { api } = vlm();
  const cancel = () => void api.cancel(jobId).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  let phase: 'silent' | 'writing' | 'over' = 'silent';
  const { promise: stopped, stop } = stoppedAfterGrace(signal, () => phase === 'silent');
  try {
    const answered = api.ask(
      jobId,
      moveArgument(request, before ? [tile.data.buffer, before.data.buffer] : [tile.data.buffer]),
      callback((event) => {
        if (event.kind !== 'text' || phase === 'over') return;
        phase = 'writing';
        events.text(event.text);
      }),
    );
    return await Promise.race([answered, stopped]);
  } finally {
    phase = 'over';
    stop();
    signal.removeEventListener('abort', cancel);
  }
}
