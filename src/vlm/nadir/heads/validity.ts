import type { RotatedBox } from '../../../geo/types.ts';

/** u8[side, side], non-zero = valid; null if every pixel of the tile is valid. */
export type Validity = Uint8Array | null;

/**
 * At least this part of a box must show the scene. In nodata or padding, the pixels come from the fill, not from the
 * ground.
 */
const LEAST_SHOWN = 0.5;
/** Sample points along each side of a box. */
const SAMPLES = 16;

/** Whether at least half of a box shows the scene. Only the part inside the tile counts. `side` of the tile in pixels. */
export function isShown(box: RotatedBox, valid: Validity, side: number): boolean {
  if (valid === null) return true;
  const theta = (box.thetaDeg * Math.PI) / 180;
  const cos = Math.cos(theta);
  const sin = Math.sin(theta);
  let inTile = 0;
  let shown = 0;
  for (let j = 0; j < SAMPLES; j++) {
    const across = ((j + 0.5) / SAMPLES - 0.5) * box.h;
    for (let i = 0; i < SAMPLES; i++) {
      const along = ((i + 0.5) / SAMPLES - 0.5) * box.w;
      const x = Math.floor(box.cx + along * cos - across * sin);
      const y = Math.floor(box.cy + along * sin + across * cos);
      if (x < 0 || y < 0 || x >= side || y >= side) continue;
      inTile++;
      if (valid[y * side + x]) shown++;
    }
  }
  return inTile > 0 && shown >= LEAST_SHOWN * inTile;
}

/** Pixels that are valid in both. */
export function bothValid(a: Validity, b: Validity): Validity {
  if (a === null || b === null) return a ?? b;
  return a.map((value, i) => (value && b[i] ? 1 : 0));
}

/**
 * The part of a map's sum that lies on valid pixels. The map is f32[rows, cols, channels] over a square tile. Each cell
 * counts by the share of its valid pixels. 1 if the sum is 0.
 */
export function shownPart(
  map: Float32Array,
  [rows, cols]: readonly [number, number],
  valid: Validity,
  side: number,
): number {
  if (valid === null) return 1;
  const channels = map.length / (rows * cols);
  const stride = side / cols;
  let all = 0;
  let shown = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      let validPixels = 0;
      for (let y = r * stride; y < (r + 1) * stride; y++) {
        for (let x = c * stride; x < (c + 1) * stride; x++) if (valid[y * side + x]) validPixels++;
      }
      const share = validPixels / (stride * stride);
      for (let k = 0; k < channels; k++) {
        const value = map[(r * cols + c) * channels + k]!;
        all += value;
        shown += value * share;
      }
    }
  }
  return all > 0 ? shown / all : 1;
}
