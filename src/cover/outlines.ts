import type { Point } from '../geo/types.ts';
import { type CoverRaster, classAt } from './cover-raster.ts';

/** Cells of one class that touch by their sides. */
export interface Patch {
  /** Index in the raster's labels. */
  index: number;
  /** Open rings along the cells' borders, in source pixels: the outer one first, clockwise on the screen, then the holes the other way round. */
  rings: Point[][];
  cells: number;
  /** Mean probability of the class in its cells, 0–1. */
  confidence: number;
}

/** All patches of a raster, from the top; together they hold each cell of a known class once. */
export function patchesOf(raster: CoverRaster): Patch[] {
  const { rows, cols, x, y, cellWidth, cellHeight } = raster;
  const { ids, patches } = gathered(raster);
  const place = (col: number, row: number): Point => [x + col * cellWidth, y + row * cellHeight];
  const idAt = (row: number, col: number) =>
    row < 0 || col < 0 || row >= rows || col >= cols ? NONE : ids[row * cols + col]!;
  const done = new Uint8Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const id = idAt(row, col);
      if (id === NONE) continue;
      for (let side = 0; side < 4; side++) {
        const [down, right] = OUT[side]!;
        const isBorder = idAt(row + down, col + right) !== id;
        if (!isBorder || done[row * cols + col]! & (1 << side)) continue;
        // The patch's first cell from the top has its outer ring; others' borders that are left are those of holes.
        patches[id]!.rings.push(traced(idAt, done, cols, { row, col, side }).map(([c, r]) => place(c, r)));
      }
    }
  }
  return patches;
}

const NONE = -1;
/** Sides of a cell, clockwise from the top: where its neighbour lies, [down, right]. */
const OUT = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;
/** Where each side begins, going clockwise, [right, down] of the cell's upper-left corner. */
const START = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

/** Follows a border with the patch on its right, [col, row] of its corners; marks the sides that it takes as done. */
function traced(
  idAt: (row: number, col: number) => number,
  done: Uint8Array,
  cols: number,
  from: { row: number; col: number; side: number },
): [number, number][] {
  const id = idAt(from.row, from.col);
  const corners: [number, number][] = [];
  let { row, col, side } = from;
  let before = -1;
  do {
    done[row * cols + col]! |= 1 << side;
    if (side !== before) {
      const [right, down] = START[side]!;
      corners.push([col + right, row + down]);
    }
    before = side;
    const ahead = OUT[(side + 1) % 4]!;
    const out = OUT[side]!;
    const isAhead = idAt(row + ahead[0], col + ahead[1]) === id;
    const [beyondRow, beyondCol] = [row + ahead[0] + out[0], col + ahead[1] + out[1]];
    // Where cells of a patch meet by a corner, what lies between them is on either side two places: of two rings, not of one that
    // touches itself.
    if (idAt(beyondRow, beyondCol) === id) {
      [row, col] = [beyondRow, beyondCol];
      side = (side + 3) % 4;
    } else if (isAhead) [row, col] = [row + ahead[0], col + ahead[1]];
    else side = (side + 1) % 4;
  } while (row !== from.row || col !== from.col || side !== from.side);
  // The first corner is none if the border goes on straight there.
  return before === from.side ? corners.slice(1) : corners;
}

/** Numbers the patches, i32[rows, cols] with NONE where nothing is known. */
function gathered(raster: CoverRaster): { ids: Int32Array; patches: Patch[] } {
  const { rows, cols } = raster;
  const found = Array.from({ length: rows * cols }, (_, cell) => classAt(raster, cell));
  const ids = new Int32Array(rows * cols).fill(NONE);
  const patches: Patch[] = [];
  const open: number[] = [];
  for (let start = 0; start < ids.length; start++) {
    const kind = found[start]?.index;
    if (kind === undefined || ids[start] !== NONE) continue;
    const id = patches.length;
    let [cells, sum] = [0, 0];
    ids[start] = id;
    open.push(start);
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      cells += 1;
      sum += found[cell]!.probability;
      const col = cell % cols;
      const neighbours = [cell - cols, col + 1 < cols ? cell + 1 : -1, cell + cols, col > 0 ? cell - 1 : -1];
      for (const next of neighbours) {
        if (next < 0 || next >= ids.length || ids[next] !== NONE || found[next]?.index !== kind) continue;
        ids[next] = id;
        open.push(next);
      }
    }
    patches.push({ index: kind, rings: [], cells, confidence: sum / cells });
  }
  return { ids, patches };
}
