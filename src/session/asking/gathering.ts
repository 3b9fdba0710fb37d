import type { PixelWindow } from '../../geo/types.ts';
import { intersect } from '../../geo/windows.ts';
import type { NadirError } from '../../lib/errors.ts';
import type { AskResult, StageTimings } from '../../vlm/types.ts';
import { type Detection, detectionsOf } from '../answer/detections.ts';
import { detectionsIn } from '../review/objects.ts';
import type { Answer, SceneObject } from '../types.ts';
import type { Blank } from './model-tile.ts';
import { nounOf } from './slices.ts';

/** What the slices of one answer gave so far, before it is merged and put into words. */
export interface Gathered {
  detections: Detection[];
  /** Answered slices, in the order they were read. */
  slices: { window: PixelWindow; text: string; bestScene: string | null; result: AskResult | null }[];
  raw: Answer['raw'];
  stated: number | null;
  timings: StageTimings | null;
  sceneScores: Answer['sceneScores'];
  qualityScores: Answer['sceneScores'];
  /** The largest over the slices. */
  changedProbability: number | null;
  /** For identify. */
  knownProbability: number | null;
  failedTiles: Answer['failedTiles'];
  /** Slices that showed nothing and were not asked about, by what they showed. */
  blank: Record<Blank, number>;
  /** Source pixels² of the scene that the slices read show, and how much of it has no data; overlaps count twice. */
  area: { seen: number; withoutData: number };
}

export function emptyGathering(): Gathered {
  return {
    detections: [],
    slices: [],
    raw: [],
    stated: null,
    timings: null,
    sceneScores: [],
    qualityScores: [],
    changedProbability: null,
    knownProbability: null,
    failedTiles: [],
    blank: { 'no-data': 0, 'one-value': 0, noise: 0 },
    area: { seen: 0, withoutData: 0 },
  };
}

/** Slices that showed nothing. */
export function blankCount({ blank }: Pick<Gathered, 'blank'>): number {
  return blank['no-data'] + blank['one-value'] + blank.noise;
}

/** Goes on from an answer that has ended, so that its failed tiles can be asked again, also after a reload. */
export function resumeGathering(answer: Answer, objects: readonly SceneObject[]): Gathered {
  return {
    ...emptyGathering(),
    detections: detectionsIn(objects, answer.id),
    slices: answer.raw.map(({ tile, rawText }) => ({ window: tile, text: rawText, bestScene: null, result: null })),
    raw: [...answer.raw],
    blank: { ...emptyGathering().blank, ...(answer.blank ?? { 'no-data': answer.coverage?.empty ?? 0 }) },
    stated: answer.counts.stated,
    timings: answer.timings,
    sceneScores: answer.sceneScores,
    qualityScores: answer.qualityScores ?? [],
    changedProbability: answer.changedProbability ?? null,
    knownProbability: answer.knownProbability ?? null,
  };
}

/** Adds one slice's answer; its boxes go to source pixels. */
export function gather(
  gathered: Gathered,
  answerId: string,
  window: PixelWindow,
  tileSize: number,
  result: AskResult,
): void {
  gathered.detections.push(...detectionsOf(answerId, window, tileSize, result.objects));
  gathered.slices.push({ window, text: result.text, bestScene: result.sceneScores[0]?.label ?? null, result });
  gathered.raw.push({
    tile: window,
    rawText: result.rawText,
    dialectText: result.dialectText,
    stopReason: result.stopReason,
    malformedBoxes: result.malformedBoxes,
    statedCount: result.statedCount,
    countedPart: result.countedPart,
  });
  if (result.statedCount !== null) gathered.stated = (gathered.stated ?? 0) + result.statedCount;
  gathered.timings = addTimings(gathered.timings, result.timings);
  gathered.sceneScores = meanScores(gathered.sceneScores, gathered.slices.length - 1, result.sceneScores);
  gathered.qualityScores = meanScores(gathered.qualityScores, gathered.slices.length - 1, result.qualityScores);
  gathered.knownProbability = result.knownProbability;
  if (result.changedProbability !== null) {
    gathered.changedProbability = Math.max(gathered.changedProbability ?? 0, result.changedProbability);
  }
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

/** Running mean over slices, best first. */
function meanScores(
  mean: Answer['sceneScores'],
  slicesBefore: number,
  next: AskResult['sceneScores'],
): Answer['sceneScores'] {
  if (slicesBefore === 0 || mean.length === 0) return next;
  const before = new Map(mean.map(({ label, probability }) => [label, probability]));
  const count = slicesBefore + 1;
  return next
    .map(({ label, probability }) => ({
      label,
      probability: ((before.get(label) ?? 0) * slicesBefore + probability) / count,
    }))
    .sort((a, b) => b.probability - a.probability);
}
