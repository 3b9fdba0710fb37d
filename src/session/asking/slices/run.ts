import type { PixelWindow } from '../../../geo/types.ts';
import { intersect } from '../../../geo/windows.ts';
import type { SceneInfo } from '../../../imagery/image.ts';
import { type BandTile, pickBands, type ReadRequest } from '../../../imagery/tiles.ts';
import { waitFor } from '../../../lib/abort.ts';
import { taskOf } from '../../../tasks/table.ts';
import type { AskResult, GenerationOptions } from '../../../vlm/types.ts';
import type { VlmApi } from '../../../workers/vlm/api.ts';
import type { EarlierImage } from '../../compare/earlier-image.ts';
import type { Answer } from '../../document.ts';
import { partOfTile } from '../../layers/region.ts';
import type { ModelKeeper } from '../../model/model.ts';
import type { WorkerHost } from '../../model/worker-host.ts';
import type { SceneKeeper } from '../../opening/scene.ts';
import type { Label } from '../question.ts';
import { eachSlice } from './each-slice.ts';
import { type Gathered, gather, gatherArea, gatherFailure } from './gathering.ts';
import { inputBandsOf } from './input-bands.ts';
import { type Blank, blankOf } from './model-tile.ts';
import { requestFor, type Tiles } from './request.ts';
import { stoppedAfterGrace } from './stop-grace.ts';

/** The slices of one answer, and how to ask about each. */
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
  earlierImage: EarlierImage;
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

/**
 * Asks about each slice in turn and gathers the answers; see `eachSlice` for what happens to slices that fail. Rejects only if
 * there is no model to go on with.
 */
export function readSlices(run: SliceRun, gathered: Gathered, context: RunContext, events: RunEvents): Promise<void> {
  return eachSlice<Tiles>(
    run.windows,
    {
      read: (window) => readTiles(run, window, context),
      work: async (window, read) => {
        const blank = blankIn(run, window, read);
        if (blank !== null) gathered.blank[blank] += 1;
        else {
          const result = await askSlice(run, window, read, context, events);
          gather(gathered, run.answer.id, window, run.answer.model, result);
        }
        gatherArea(gathered, window, run.after, read.tile.validFraction);
      },
      failed: (window, error) => gatherFailure(gathered, window, run, error),
      done: events.sliceDone,
    },
    context,
  );
}

/** The read request for one slice of an answer. Also used later to show what the model saw. */
export function modelInputOf(answer: Answer, window: PixelWindow): Omit<ReadRequest, 'scene'> & { layerId?: string } {
  const { tileSize } = answer.model;
  return {
    ...(answer.layerId === undefined ? {} : { layerId: answer.layerId }),
    window,
    outWidth: tileSize,
    outHeight: tileSize,
    bands: inputBandsOf(answer),
    stretch: answer.stretch,
    resampling: window.width > tileSize ? 'area' : 'bilinear',
  };
}

async function readTiles(
  { answer, after }: SliceRun,
  window: PixelWindow,
  { scenes, earlierImage, signal }: RunContext,
): Promise<Tiles> {
  // A new worker must open its images first.
  await waitFor(Promise.all([scenes.recovered(), earlierImage.recovered()]), signal);
  const tile = await scenes.readBands(modelInputOf(answer, window), signal);
  const before = taskOf(answer.task).needs.before
    ? await earlierImage.readTile(after, window, answer.model, inputBandsOf(answer), signal)
    : null;
  return alikeInBands(tile, before);
}

/**
 * Why the slice's part of the region is blank, in either image; null if it isn't. Noise is no reason for questions about quality,
 * where it is the answer, or about change.
 */
function blankIn({ answer }: SliceRun, window: PixelWindow, { tile, before }: Tiles): Blank | null {
  const { tileSize } = answer.model;
  const scale = tileSize / window.width;
  const shown = intersect(answer.region, window) ?? window;
  const part = partOfTile(shown, window, tileSize);
  const blank = blankOf(tile, part, scale) ?? (before && blankOf(before, part, scale));
  const { joins, needs } = taskOf(answer.task);
  return blank === 'noise' && (joins === 'defects' || needs.before) ? null : blank;
}

/** Drops a band, such as near infrared, that only one of the images has, because it would look like a change. */
function alikeInBands(tile: BandTile, before: BandTile | null): Tiles {
  if (!before) return { tile, before };
  const both = tile.bands.filter((name) => before.bands.includes(name));
  return { tile: pickBands(tile, both), before: pickBands(before, both) };
}

async function askSlice(
  run: SliceRun,
  window: PixelWindow,
  tiles: Tiles,
  { vlm, signal }: RunContext,
  events: RunEvents,
): Promise<AskResult> {
  const request = requestFor(run, window, tiles);
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
