import type { PixelWindow } from '../../../geo/types.ts';
import { intersect } from '../../../geo/windows.ts';
import type { NadirError } from '../../../lib/errors.ts';
import type { AskResult, ModelInfo, StageTimings } from '../../../vlm/types.ts';
import { type Detection, detectionsOf } from '../../answer/detections.ts';
import type { Answer, SceneObject } from '../../document.ts';
import { detectionsIn } from '../../review/objects.ts';
import { joinNumbers, joinScores } from './joining.ts';
import type { Blank } from './model-tile.ts';
import { nounOf } from './slices.ts';

/** The results of an answer's slices so far, before they are merged and put into words. */
export interface Gathered {
  detections: Detection[];
  /** Answered slices, in the order they were read. */
  slices: { window: PixelWindow; text: string; bestScene: string | null; result: AskResult | null }[];
  raw: Answer['raw'];
  /** The words that the model was asked in; empty until it answered. */
  prompt: string;
  timings: StageTimings | null;
  scores: Answer['scores'];
  numbers: Answer['numbers'];
  failedTiles: Answer['failedTiles'];
  /** Blank slices, which the model isn't asked about, by kind. */
  blank: Record<Blank, number>;
  /** Area of the scene in the slices read, in source pixels², and how much of it is nodata; overlaps count twice. */
  area: { seen: number; withoutData: number };
}

export function emptyGathering(): Gathered {
  return {
    detections: [],
    slices: [],
    raw: [],
    prompt: '',
    timings: null,
    scores: {},
    numbers: {},
    failedTiles: [],
    blank: { 'no-data': 0, 'one-value': 0, noise: 0 },
    area: { seen: 0, withoutData: 0 },
  };
}

/** Number of blank slices. */
export function blankCount({ blank }: Pick<Gathered, 'blank'>): number {
  return blank['no-data'] + blank['one-value'] + blank.noise;
}

/** Restores the results of an answer that has ended, so that its failed tiles can be asked again, also after a reload. */
export function resumeGathering(answer: Answer, objects: readonly SceneObject[]): Gathered {
  return {
    ...emptyGathering(),
    detections: detectionsIn(objects, answer.id),
    slices: answer.raw.map(({ tile, rawText }) => ({ window: tile, text: rawText, bestScene: null, result: null })),
    raw: [...answer.raw],
    prompt: answer.prompt,
    blank: { ...emptyGathering().blank, ...(answer.blank ?? { 'no-data': answer.coverage?.empty ?? 0 }) },
    timings: answer.timings,
    scores: answer.scores,
    numbers: answer.numbers,
  };
}

/** Adds one slice's answer, with its boxes in source pixels. */
export function gather(
  gathered: Gathered,
  answerId: string,
  window: PixelWindow,
  model: Pick<ModelInfo, 'tileSize' | 'joins'>,
  result: AskResult,
): void {
  const before = gathered.slices.length;
  gathered.detections.push(...detectionsOf(answerId, window, model.tileSize, result.things));
  gathered.slices.push({ window, text: result.text, bestScene: result.scores.scene?.[0]?.label ?? null, result });
  gathered.raw.push({
    tile: window,
    rawText: result.rawText,
    dialectText: result.dialectText,
    stopReason: result.stopReason,
    numbers: result.numbers,
  });
  gathered.prompt = result.prompt;
  gathered.timings = addTimings(gathered.timings, result.timings);
  gathered.scores = joinScores(gathered.scores, result.scores, before, model.joins);
  gathered.numbers = joinNumbers(gathered.numbers, result.numbers, before, model.joins);
}

/** Notes how much of a slice's window shows the scene, and how much of that has no data. */
export function gatherArea(
  gathered: Gathered,
  window: PixelWindow,
  scene: { width: number; height: number },
  validFraction: number,
): void {
  const inside = intersect(window, { x: 0, y: 0, width: scene.width, height: scene.height });
  if (!inside) return;
  const seen = inside.width * inside.height;
  gathered.area.seen += seen;
  gathered.area.withoutData += Math.max(0, seen - validFraction * window.width * window.height);
}

/** Records a slice that could not be answered, with its name where there are several. */
export function gatherFailure(
  gathered: Gathered,
  tile: PixelWindow,
  { answer }: { answer: Pick<Answer, 'progress' | 'slicing'> },
  error: NadirError,
): void {
  const { total } = answer.progress;
  const data = error.toData();
  const message = total === 1 ? data.message : `${nameOfTile(tile, nounOf(answer))}: ${data.message}`;
  gathered.failedTiles.push({ tile, error: { ...data, message } });
}

/** Where a slice lies, in source pixels: "Tile at column 512, row 256 (256 × 256 pixels)". */
function nameOfTile({ x, y, width, height }: PixelWindow, noun: ReturnType<typeof nounOf>): string {
  const [col, row, wide, high] = [x, y, width, height].map(Math.round);
  return `${noun === 'slice' ? 'Slice' : 'Tile'} at column ${col}, row ${row} (${wide} × ${high} pixels)`;
}

function addTimings(a: StageTimings | null, b: StageTimings): StageTimings {
  if (!a) return b;
  const decodeMs = a.decodeMs + b.decodeMs;
  const newTokens = a.newTokens + b.newTokens;
  return {
    visionMs: a.visionMs + b.visionMs,
    connectorMs: a.connectorMs + b.connectorMs,
    prefillMs: a.prefillMs + b.prefillMs,
    decodeMs,
    refineMs: a.refineMs + b.refineMs,
    totalMs: a.totalMs + b.totalMs,
    promptTokens: a.promptTokens + b.promptTokens,
    newTokens,
    tokensPerSecond: decodeMs > 0 ? (newTokens * 1000) / decodeMs : 0,
  };
}
