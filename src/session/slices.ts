import { planLlavaUhd } from '../geo/slicing/llava-uhd.ts';
import { planTiles } from '../geo/tile-plan.ts';
import type { PixelWindow } from '../geo/types.ts';
import type { ModelInfo, TaskId } from '../vlm/types.ts';
import { intersect } from './region.ts';
import type { SlicingMode } from './types.ts';

/** How a region is shown to the model: windows in source pixels, each read into one tile. */
export interface SlicePlan {
  mode: Exclude<SlicingMode, 'auto'>;
  windows: PixelWindow[];
}

export interface SliceInput {
  task: TaskId;
  mode: SlicingMode;
  /** Inside the scene. */
  region: PixelWindow;
  scene: PixelWindow;
  /** Mean of both axes; null without georeferencing. */
  gsdMetres: number | null;
  model: Pick<ModelInfo, 'tileSize' | 'tileOverlap' | 'maxSlices' | 'gsdMetres'>;
}

/** Tasks whose answer is boxes, and so needs objects at the size that the model was trained on. */
const BOX_TASKS: readonly TaskId[] = ['count', 'find', 'segment', 'change'];
/** How far the imagery may be shrunk or enlarged to reach the model's best ground sample distance. */
const SCALE_RANGE = { min: 0.5, max: 8 };
/**
 * Where the ground sample distance is unknown, a picture of up to this many tiles a side is shown whole. Photographs without
 * georeferencing are mostly finer than the model's best, and cut into native tiles their objects come out larger than it
 * knows: on 43 held-out car photographs of 377–512 px, F1 0.11 in native tiles (bench/LOG.md).
 */
const WHOLE_IF_UNSCALED = 2;
/** An identified region fills about this part of its tile's side. */
const REGION_SHARE = 1 / 3;
/** A square around an elongated region is given up for a stretched window when less of it than this shows the scene. */
const LEAST_SHOWN = 0.25;

export function planSlices(input: SliceInput): SlicePlan {
  if (input.task === 'identify') return { mode: 'resize', windows: [identifyWindow(input)] };
  // Haze or stripes are of the picture, not of a tile of it.
  if (input.task === 'quality') return { mode: 'resize', windows: [wholeWindow(input)] };
  if (input.mode === 'resize') return { mode: 'resize', windows: [wholeWindow(input)] };
  if (input.mode === 'llava-uhd') return { mode: 'llava-uhd', windows: uhdWindows(input) };
  if (input.mode === 'tiles') return { mode: 'tiles', windows: tileWindows(input) };
  if (!BOX_TASKS.includes(input.task)) return { mode: 'resize', windows: [wholeWindow(input)] };
  const native = nativeSide(input);
  const longSide = Math.max(input.region.width, input.region.height);
  const unscaled = input.gsdMetres === null ? WHOLE_IF_UNSCALED : 1;
  if (longSide <= native * unscaled) return { mode: 'resize', windows: [nativeWindow(input, native)] };
  return { mode: 'tiles', windows: tileWindows(input) };
}

/** Side of the square window, in whole source pixels, that a tile shows at the scale the model knows best. */
export function nativeSide({ model, gsdMetres }: Pick<SliceInput, 'model' | 'gsdMetres'>): number {
  if (gsdMetres === null || model.gsdMetres === null) return model.tileSize;
  const scale = model.gsdMetres.best / gsdMetres;
  return Math.round(model.tileSize * Math.min(SCALE_RANGE.max, Math.max(SCALE_RANGE.min, scale)));
}

/** A square of `side` around the centre of `region`, moved inside the scene as far as it fits there. */
export function squareAround(region: PixelWindow, side: number, scene: PixelWindow): PixelWindow {
  const start = (centre: number, extent: number) =>
    side >= extent ? (extent - side) / 2 : Math.min(extent - side, Math.max(0, centre - side / 2));
  return {
    x: start(region.x + region.width / 2, scene.width),
    y: start(region.y + region.height / 2, scene.height),
    width: side,
    height: side,
  };
}

/** A region smaller than half a native tile is not enlarged further: its surroundings are shown with it. */
function nativeWindow(input: SliceInput, native: number): PixelWindow {
  const longSide = Math.max(input.region.width, input.region.height);
  return squareAround(input.region, Math.max(longSide, native / 2), input.scene);
}

function wholeWindow(input: SliceInput): PixelWindow {
  const { region, scene } = input;
  const square = squareAround(region, Math.max(region.width, region.height), scene);
  const shown = intersect(square, scene);
  const share = shown ? (shown.width * shown.height) / (square.width * square.height) : 0;
  return share < LEAST_SHOWN ? region : square;
}

function identifyWindow(input: SliceInput): PixelWindow {
  const longSide = Math.max(input.region.width, input.region.height);
  const withContext = Math.max(longSide / REGION_SHARE, nativeSide(input) / 2);
  const largestUseful = Math.max(longSide, input.scene.width, input.scene.height);
  return squareAround(input.region, Math.min(withContext, largestUseful), input.scene);
}

function tileWindows(input: SliceInput): PixelWindow[] {
  const native = nativeSide(input);
  const longSide = Math.max(input.region.width, input.region.height);
  if (longSide <= native) return [nativeWindow(input, native)];
  return planTiles(input.region, native, input.model.tileOverlap);
}

/** Overview first, then the grid row by row. */
function uhdWindows(input: SliceInput): PixelWindow[] {
  const { tileSize, maxSlices } = input.model;
  const { slices } = planLlavaUhd(input.region, { tile: tileSize, maxSlices });
  return [wholeWindow(input), ...slices];
}
