import { contours } from 'd3-contour';
import { ringArea, simplifyRing } from '../../../geo/boxes/rings.ts';
import type { Point, RotatedBox } from '../../../geo/types.ts';
import { frameToTile } from './crops.ts';

/** A second component is kept from this share of the largest one's area. */
const smallestShare = 0.25;
/** Largest distance between the contour and its simplified ring, in mask samples. */
const toleranceSamples = 0.5;

/**
 * Mask logits of one box, f32[size, size] in the box's grown frame, → outer rings in tile pixels where the logit is
 * above 0. Open rings, clamped to the tile; the largest component first, smaller ones from a quarter of its area; holes
 * are dropped. Null where nothing is left.
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
  // Under four samples is noise, not an object.
  if (largest < 4) return null;
  const clamp = (value: number) => Math.min(tile, Math.max(0, value));
  return sized
    .filter(({ area }) => area >= largest * smallestShare)
    .map(({ ring }) =>
      simplifyRing(ring, toleranceSamples).map(([x, y]): Point => {
        const [tx, ty] = frameToTile(box, grow, x / size, y / size);
        return [clamp(tx), clamp(ty)];
      }),
    );
}
