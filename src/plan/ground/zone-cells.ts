import type { CoverGrid } from '../../cover/cover-raster.ts';
import type { Point } from '../../geo/types.ts';
import { boundsOf, type Shape } from './shape.ts';

/** Lines along which a row of cells is cut by a zone: what they leave out of a cell is an eighth of its height at most. */
const LINES = 8;

/**
 * The share of each cell, 0–1, that lies in a zone, row by row: f32[cols], valid until the next row. Rows that the zone doesn't meet are
 * left out. Exact along rows, and across them to a sixteenth of a cell for each edge. Rings are even-odd, as everywhere.
 */
export function eachZoneRow(zone: Shape, grid: CoverGrid, visit: (row: number, shares: Float32Array) => void): void {
  const edges = edgesOf(zone, grid).sort((a, b) => a.top - b.top);
  const shares = new Float32Array(grid.cols);
  let active: Edge[] = [];
  let next = 0;
  const firstRow = Math.max(0, Math.floor(edges[0]?.top ?? grid.rows));
  for (let row = firstRow; row < grid.rows && (next < edges.length || active.length > 0); row++) {
    while (next < edges.length && edges[next]!.top < row + 1) active.push(edges[next++]!);
    active = active.filter(({ bottom }) => bottom > row);
    shares.fill(0);
    let meets = false;
    for (let line = 0; line < LINES; line++) {
      const y = row + (line + 0.5) / LINES;
      const crossings = active
        .filter(({ top, bottom }) => top <= y && y < bottom)
        .map(({ at, slope, top }) => at + slope * (y - top));
      crossings.sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        if (addSpan(shares, crossings[i]!, crossings[i + 1]!)) meets = true;
      }
    }
    if (meets) visit(row, shares);
  }
}

/** Rows in which shapes are looked at for whether they overlap. */
const OVERLAP_ROWS = 512;
/** What rounding makes of edges that two shapes share, in cells. */
const OVERLAP_CELLS = 1e-3;

/** Whether shapes cover any ground together, as seen in some thousand lines: apart, they cover as much one by one as in one zone. */
export function overlap(shapes: readonly Shape[]): boolean {
  if (shapes.length < 2) return false;
  const { left, top, right, bottom } = boundsOf(shapes.flat());
  const grid = {
    x: left,
    y: top,
    cellWidth: Math.max(right - left, 1e-9),
    cellHeight: Math.max(bottom - top, 1e-9) / OVERLAP_ROWS,
    cols: 1,
    rows: OVERLAP_ROWS,
  };
  const cellsIn = (zone: Shape) => {
    let sum = 0;
    eachZoneRow(zone, grid, (_, [share = 0]) => {
      sum += share;
    });
    return sum;
  };
  const together = cellsIn(shapes.flat());
  const each = shapes.reduce((sum, shape) => sum + cellsIn(shape), 0);
  return each - together > OVERLAP_CELLS;
}

/** An edge in cells: its column at `top`, and how that changes to `bottom`. */
interface Edge {
  top: number;
  bottom: number;
  at: number;
  slope: number;
}

function edgesOf(zone: Shape, { x, y, cellWidth, cellHeight }: CoverGrid): Edge[] {
  const inCells = ([px, py]: Point): Point => [(px - x) / cellWidth, (py - y) / cellHeight];
  return zone.flatMap((ring) =>
    ring.flatMap((from, i): Edge[] => {
      const [a, b] = [inCells(from), inCells(ring[(i + 1) % ring.length]!)];
      const [upper, lower] = a[1] <= b[1] ? [a, b] : [b, a];
      const height = lower[1] - upper[1];
      if (!(height > 0)) return [];
      return [{ top: upper[1], bottom: lower[1], at: upper[0], slope: (lower[0] - upper[0]) / height }];
    }),
  );
}

/** Adds one line's span of columns; whether any of it lies in the grid. */
function addSpan(shares: Float32Array, from: number, to: number): boolean {
  const [left, right] = [Math.max(0, from), Math.min(shares.length, to)];
  if (!(right > left)) return false;
  for (let col = Math.floor(left); col < right; col++) {
    shares[col]! += (Math.min(right, col + 1) - Math.max(left, col)) / LINES;
  }
  return true;
}
