import { resize, wholeWindow } from '../../../geo/slicing/resize.ts';
import type { Slicing, SlicingOptions } from '../../../geo/slicing/slicing.ts';
import type { SlicingMode } from '../../../geo/slicing/slicings.ts';
import { type SlicingId, slicings } from '../../../geo/slicing/slicings.ts';
import { nativeWindow, tileGrid, tiles } from '../../../geo/slicing/tiles.ts';
import type { PixelWindow } from '../../../geo/types.ts';
import { longSideOf, shortSideOf, squareAround } from '../../../geo/windows.ts';
import { NadirError } from '../../../lib/errors.ts';
import { type TaskId, taskOf } from '../../../tasks/table.ts';
import type { ModelInfo } from '../../../vlm/types.ts';

/** How a region is shown to the model: windows in source pixels, each read into one tile. */
export interface SlicePlan {
  mode: SlicingId;
  windows: PixelWindow[];
  /** How many windows would cover the whole region; more than `windows` has if those are a sample. */
  of: number;
}

export interface SliceInput {
  task: TaskId;
  /** `auto`: as the model wants it, and where that is `auto` too, as the task and the scale need it. */
  mode: SlicingMode;
  /** Inside the scene. */
  region: PixelWindow;
  scene: PixelWindow;
  /** Mean of both axes; null without georeferencing. */
  gsdMetres: number | null;
  model: Pick<ModelInfo, 'tileSize' | 'tileOverlap' | 'maxSlices' | 'slicing' | 'gsdMetres'>;
}

/**
 * How far the imagery may be shrunk or enlarged to reach the model's best ground sample distance. Imagery of 10 m, which it learned enlarged
 * four times, is enlarged twice: of scenes of 10 classes, 57 % were right four times enlarged, 53 % twice and 21 % not at all (bench/LOG.md).
 */
const SCALE_RANGE = { min: 0.5, max: 8 };
/**
 * Where the ground sample distance is unknown, a picture of up to this many tiles a side is shown whole. Photographs without
 * georeferencing are mostly finer than the model's best, and cut into native tiles their objects come out larger than it
 * knows: on 43 held-out car photographs of 377–512 px, F1 0.11 in native tiles (bench/LOG.md).
 */
const WHOLE_IF_UNSCALED = 2;
/** An identified region fills about this part of its tile's side. */
const REGION_SHARE = 1 / 3;

/**
 * Windows inside the scene if it is large enough. Otherwise they overhang, and pixels outside are nodata (model-tile.ts). Objects are
 * looked for at the model's own scale, because a picture shrunk further hides them.
 */
export function planSlices(input: SliceInput): SlicePlan {
  const { region, scene, model } = input;
  const mode = input.mode === 'auto' ? (model.slicing ?? 'auto') : input.mode;
  const { views, joins, maxTiles } = taskOf(input.task);
  const chosen = mode === 'auto' ? null : slicingOf(mode);
  const options = optionsOf(input);
  if (views === 'around-region') return every(resize, [identifyWindow(input)]);
  if (views === 'at-pixels' && chosen !== resize) {
    const grid = tileGrid(region, scene, options.tilePx, 0);
    return sampled(grid.length === 1 ? resize : tiles, grid, chosen === tiles ? null : maxTiles);
  }
  if (chosen) return every(chosen, chosen.plan(region, scene, options));
  if (longSideOf(region) > sharpSide(input)) return sampled(tiles, tiles.plan(region, scene, options), maxTiles);
  const window = joins === 'boxes' ? nativeWindow(region, scene, options.nativePx) : wholeWindow(region, scene);
  return every(resize, [window]);
}

/** Errors: CHOICE_UNKNOWN if the table has none of that name, as in a batch file. */
function slicingOf(name: SlicingId): Known {
  const found = slicings.find(({ id }) => id === name);
  if (found) return found;
  const names = ['auto', ...slicings.map(({ id }) => id)].map((each) => `"${each}"`).join(', ');
  throw new NadirError('CHOICE_UNKNOWN', `There is no slicing "${name}". Choose one of ${names}.`);
}

/** What a window of a slicing is called. */
export function nounOf({ slicing }: { slicing: SlicingId }): Slicing['words']['noun'] {
  // Answers of an earlier version may name a slicing that this one doesn't have.
  return slicings.find(({ id }) => id === slicing)?.words.noun ?? 'tile';
}

type Known = (typeof slicings)[number];

const every = (slicing: Known, windows: PixelWindow[]): SlicePlan => sampled(slicing, windows, null);

/** At most `most` windows of a grid; null: all. */
function sampled({ id }: Known, windows: PixelWindow[], most: number | null): SlicePlan {
  return { mode: id, windows: most === null ? windows : spreadOver(windows, most), of: windows.length };
}

function optionsOf({ model, gsdMetres }: SliceInput): SlicingOptions {
  const { tileSize, tileOverlap, maxSlices } = model;
  return { tilePx: tileSize, nativePx: nativeSide({ model, gsdMetres }), overlap: tileOverlap, maxSlices };
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

function identifyWindow(input: SliceInput): PixelWindow {
  const longSide = longSideOf(input.region);
  const withContext = Math.max(longSide / REGION_SHARE, nativeSide(input) / 2);
  return squareAround(input.region, Math.max(longSide, Math.min(withContext, shortSideOf(input.scene))), input.scene);
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
