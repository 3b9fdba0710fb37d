import { contours } from 'd3-contour';
import { ringArea, simplifyRing } from '../../../geo/boxes/rings.ts';
import type { Point, RotatedBox } from '../../../geo/types.ts';
import { frameOf } from './crops.ts';

/** Smaller components are kept from this share of the largest component's area. */
const smallestShare = 0.25;
/** Largest distance between the contour and its simplified ring, in mask samples. */
const toleranceSamples = 0.5;

/**
 * Converts one box's mask logits, f32[size, size] in the box's enlarged frame, to outer rings in tile pixels around the
 * samples above 0. The rings are open and clamped to the tile. The largest component comes first; smaller ones are kept
 * from a quarter of its area. Holes are dropped. Null if nothing is left.
 */
export function maskRings(
  logits: Float32Array,
  size: number,
  box: RotatedBox,
  grow: number,
  tile: number,
): Point[][] | null {
  const [contour] = contours().size([size, size]).thresholds([0])(Array.from(logits));
  const rings = (contour?.coordinates ?? []).map((polygon) => polygon[0]!.slice(0, -1) as unknown as Point[]);
  const sized = rings.map((ring) => ({ ring, area: ringArea(ring) }));
  sized.sort((a, b) => b.area - a.area);
  const largest = sized[0]?.area ?? 0;
  // An area of fewer than four samples is noise, not an object.
  if (largest < 4) return null;
  const toTile = frameOf(box, grow);
  const clamp = (value: number) => Math.min(tile, Math.max(0, value));
  return sized
    .filter(({ area }) => area >= largest * smallestShare)
    .map(({ ring }) =>
      simplifyRing(ring, toleranceSamples).map(([x, y]): Point => {
        const [tx, ty] = toTile(x / size, y / size);
        return [clamp(tx), clamp(ty)];
      }),
    );
}
