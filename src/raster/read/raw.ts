import type { PixelWindow } from '../../geo/types.ts';
import type { RawRequest, RawTile } from '../../imagery/tiles.ts';
import { assert } from '../../lib/errors.ts';
import { tilesHoldBytes } from '../../render/appearance.ts';
import type { RasterScene } from '../scene.ts';
import { readPlanes } from './window.ts';

/** The value of an invalid sample beside valid ones: no sensor's value, and still recognisable after interpolation. */
const HOLE = -1e20;
/** The most source pixels that a warped tile reads; beyond this it reads a coarser level. */
const MAX_WARP_PIXELS = 1024 * 1024;

type Planes = Float32Array<ArrayBuffer>[];

/** Sample values for a shader. Layout and validity: `RawTile`. Errors: those of `readPlanes`. */
export async function readRaw(scene: RasterScene, request: RawRequest, signal: AbortSignal | null): Promise<RawTile> {
  const { outWidth, outHeight, bands, grid } = request;
  const planes = grid
    ? await readWarped(scene, request, grid, signal)
    : await readPlanes(scene, request, bands, signal, true);
  const isByte = tilesHoldBytes(scene);
  const pixels = outWidth * outHeight;
  const stride = bands.length + 1;
  const data = isByte ? new Uint8Array(pixels * stride) : new Float32Array(pixels * stride);
  for (let i = 0; i < pixels; i++) {
    let valid = false;
    for (const plane of planes) valid ||= !Number.isNaN(plane[i]!);
    if (!valid) continue;
    const at = i * stride;
    for (let band = 0; band < planes.length; band++) {
      const value = planes[band]![i]!;
      if (Number.isNaN(value)) data[at + band] = isByte ? 0 : HOLE;
      else data[at + band] = isByte ? Math.round(value) : value;
    }
    data[at + bands.length] = isByte ? 255 : 1;
  }
  return { width: outWidth, height: outHeight, bands, data };
}

/**
 * Reads the area under a grid of source positions and picks the nearest pixel for each output pixel. The source is read
 * at about the output's resolution, so a warped tile costs no more than a straight one.
 */
async function readWarped(
  scene: RasterScene,
  request: RawRequest,
  grid: NonNullable<RawRequest['grid']>,
  signal: AbortSignal | null,
): Promise<Planes> {
  const { outWidth, outHeight, bands } = request;
  const positions = spread(grid, outWidth, outHeight);
  const empty = () => bands.map(() => new Float32Array(outWidth * outHeight).fill(Number.NaN));
  const window = boundsOf(positions, scene);
  if (!window) return empty();
  const scale = Math.max(
    stepOf(positions, outWidth, outHeight),
    Math.sqrt((window.width * window.height) / MAX_WARP_PIXELS),
  );
  const width = Math.max(1, Math.ceil(window.width / scale));
  const height = Math.max(1, Math.ceil(window.height / scale));
  const source = await readPlanes(
    scene,
    { window, outWidth: width, outHeight: height, resampling: scale > 1 ? 'area' : 'nearest' },
    bands,
    signal,
    true,
  );
  const out = empty();
  for (let i = 0; i < outWidth * outHeight; i++) {
    const col = Math.floor(((positions[2 * i]! - window.x) / window.width) * width);
    const row = Math.floor(((positions[2 * i + 1]! - window.y) / window.height) * height);
    if (!(col >= 0 && row >= 0 && col < width && row < height)) continue;
    for (let band = 0; band < bands.length; band++) out[band]![i] = source[band]![row * width + col]!;
  }
  return out;
}

/** Source column and row at each output pixel's centre, interpolated bilinearly between the grid's points. */
function spread(
  { columns, rows, points }: NonNullable<RawRequest['grid']>,
  width: number,
  height: number,
): Float64Array {
  assert(
    columns >= 2 && rows >= 2 && points.length === columns * rows * 2,
    `a grid of ${columns}×${rows} with ${points.length / 2} points`,
  );
  const out = new Float64Array(width * height * 2);
  for (let row = 0; row < height; row++) {
    const y = ((row + 0.5) / height) * (rows - 1);
    const top = Math.min(rows - 2, Math.floor(y));
    for (let col = 0; col < width; col++) {
      const x = ((col + 0.5) / width) * (columns - 1);
      const left = Math.min(columns - 2, Math.floor(x));
      for (let axis = 0; axis < 2; axis++) {
        const at = (dy: number, dx: number) => points[((top + dy) * columns + left + dx) * 2 + axis]!;
        const upper = at(0, 0) + (at(0, 1) - at(0, 0)) * (x - left);
        const lower = at(1, 0) + (at(1, 1) - at(1, 0)) * (x - left);
        out[(row * width + col) * 2 + axis] = upper + (lower - upper) * (y - top);
      }
    }
  }
  return out;
}

/** The window of whole source pixels that the positions fall on; null if none lies in the scene. */
function boundsOf(positions: Float64Array, scene: RasterScene): PixelWindow | null {
  let [x0, y0, x1, y1] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1];
  for (let i = 0; i < positions.length; i += 2) {
    const x = positions[i]!;
    const y = positions[i + 1]!;
    if (!(x >= 0 && y >= 0 && x < scene.width && y < scene.height)) continue;
    x0 = Math.min(x0, Math.floor(x));
    y0 = Math.min(y0, Math.floor(y));
    x1 = Math.max(x1, Math.floor(x) + 1);
    y1 = Math.max(y1, Math.floor(y) + 1);
  }
  return x1 > x0 && y1 > y0 ? { x: x0, y: y0, width: x1 - x0, height: y1 - y0 } : null;
}

/** Source pixels per output pixel near the middle of the tile; at least a quarter. */
function stepOf(positions: Float64Array, width: number, height: number): number {
  const middle = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 2;
  const next = middle + 2 < positions.length ? middle + 2 : middle - 2;
  const step = Math.hypot(positions[next]! - positions[middle]!, positions[next + 1]! - positions[middle + 1]!);
  return Number.isFinite(step) ? Math.max(0.25, step) : 1;
}
