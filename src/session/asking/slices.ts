import { planLlavaUhd } from '../../geo/slicing/llava-uhd.ts';
import { planTiles } from '../../geo/tile-plan.ts';
import type { PixelWindow } from '../../geo/types.ts';
import { type TaskId, taskOf } from '../../tasks/table.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { intersect } from '../layers/region.ts';
import type { SlicingMode } from '../types.ts';

/** How a region is shown to the model: windows in source pixels, each read into one tile. */
export interface SlicePlan {
  mode: Exclude<SlicingMode, 'auto'>;
  windows: PixelWindow[];
  /** Windows that would cover the whole region: more than there are where a sample of them is looked at. */
  of: number;
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

/**
 * Windows inside the scene wherever it is large enough; where it isn't they overhang, and what lies outside is no data (model-tile.ts).
 * Whatever is looked for is shown at the model's own scale: a picture shrunk beyond it hides what it shows.
 */
export function planSlices(input: SliceInput): SlicePlan {
  const { views, joins } = taskOf(input.task);
  if (views === 'around-region') return whole('resize', identifyWindow(input));
  if (input.mode === 'resize') return whole('resize', wholeWindow(input));
  if (views === 'at-pixels') return tiles(input, input.model.tileSize, 0);
  if (input.mode === 'llava-uhd') return every('llava-uhd', uhdWindows(input));
  if (input.mode === 'auto' && longSideOf(input.region) <= sharpSide(input)) {
    return whole('resize', joins === 'boxes' ? nativeWindow(input) : wholeWindow(input));
  }
  if (longSideOf(input.region) <= nativeSide(input)) return whole('tiles', nativeWindow(input));
  return tiles(input, nativeSide(input), input.model.tileOverlap);
}

/** Side of the square window, in whole source pixels, that a tile shows at the scale the model knows best. */
export function nativeSide({ model, gsdMetres }: Pick<SliceInput, 'model' | 'gsdMetres'>): number {
  if (gsdMetres === null || model.gsdMetres === null) return model.tileSize;
  const scale = model.gsdMetres.best / gsdMetres;
  return Math.round(model.tileSize * Math.min(SCALE_RANGE.max, Math.max(SCALE_RANGE.min, scale)));
}

/** Side of the largest window, in source pixels, that one tile shows finely enough. */
export function sharpSide(input: Pick<SliceInput, 'model' | 'gsdMetres'>): number {
  return nativeSide(input) * (input.gsdMetres === null ? WHOLE_IF_UNSCALED : 1);
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

const longSideOf = ({ width, height }: PixelWindow) => Math.max(width, height);
const shortSideOf = ({ width, height }: PixelWindow) => Math.min(width, height);
const every = (mode: SlicePlan['mode'], windows: PixelWindow[]): SlicePlan => ({ mode, windows, of: windows.length });
const whole = (mode: SlicePlan['mode'], window: PixelWindow): SlicePlan => every(mode, [window]);

/** A region smaller than half a native tile is not enlarged further: its surroundings are shown with it, where there are any. */
function nativeWindow(input: SliceInput): PixelWindow {
  const least = Math.min(nativeSide(input) / 2, shortSideOf(input.scene));
  return squareAround(input.region, Math.max(longSideOf(input.region), least), input.scene);
}

function wholeWindow({ region, scene }: SliceInput): PixelWindow {
  const square = squareAround(region, longSideOf(region), scene);
  const shown = intersect(square, scene);
  const share = shown ? (shown.width * shown.height) / (square.width * square.height) : 0;
  return share < LEAST_SHOWN ? region : square;
}

function identifyWindow(input: SliceInput): PixelWindow {
  const longSide = longSideOf(input.region);
  const withContext = Math.max(longSide / REGION_SHARE, nativeSide(input) / 2);
  return squareAround(input.region, Math.max(longSide, Math.min(withContext, shortSideOf(input.scene))), input.scene);
}

/** Square windows of `side` over the region: all of them where boxes are wanted or tiles were asked for, else a sample. */
function tiles(input: SliceInput, side: number, overlap: number): SlicePlan {
  const { region, scene, task, mode } = input;
  const x = widened(region.x, region.width, side, scene.width);
  const y = widened(region.y, region.height, side, scene.height);
  const all = planTiles({ x: x.start, width: x.length, y: y.start, height: y.length }, side, overlap);
  const most = mode === 'tiles' ? null : taskOf(task).mostTiles;
  const windows = most === null ? all : spreadOver(all, most);
  return { mode: all.length === 1 ? 'resize' : 'tiles', windows, of: all.length };
}

/** An extent narrower than a tile, widened to it inside the scene; to all of the scene where that is narrower, too. */
function widened(start: number, length: number, side: number, extent: number): { start: number; length: number } {
  if (length >= side) return { start, length };
  if (side >= extent) return { start: 0, length: extent };
  const centred = Math.round(start + (length - side) / 2);
  return { start: Math.min(extent - side, Math.max(0, centred)), length: side };
}

/** At most `most` of the windows of a grid, given row by row, spread evenly over its columns and its rows. */
export function spreadOver(grid: readonly PixelWindow[], most: number): PixelWindow[] {
  if (grid.length <= most) return [...grid];
  const columns = grid.filter(({ y }) => y === grid[0]!.y).length;
  const rows = grid.length / columns;
  const wanted = Math.round(Math.sqrt((most * columns) / rows));
  const across = Math.min(columns, most, Math.max(1, wanted));
  const down = Math.min(rows, Math.max(1, Math.floor(most / across)));
  const pick = (index: number, chosen: number, of: number) => Math.floor(((index + 0.5) * of) / chosen);
  return Array.from({ length: across * down }, (_, i) => {
    const row = pick(Math.floor(i / across), down, rows);
    return grid[row * columns + pick(i % across, across, columns)]!;
  });
}

/** Overview first, then the grid row by row. */
function uhdWindows(input: SliceInput): PixelWindow[] {
  const { tileSize, maxSlices } = input.model;
  const { slices } = planLlavaUhd(input.region, { tile: tileSize, maxSlices });
  return [wholeWindow(input), ...slices.map((square) => squareAround(square, square.width, input.scene))];
}
