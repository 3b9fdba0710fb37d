import type { PixelWindow, Quad } from '../types.ts';
import { intersectConvex } from './convex.ts';
import type { MergeItem } from './merge.ts';
import { ringArea } from './rings.ts';
import { areaOf, cornersOf, hullOf } from './rotated-box.ts';

export interface ConfirmOptions {
  /** A box is cut if it comes this close to an edge of its tile that isn't an edge of `extent`. */
  seamPx: number;
  /** The area that the tiles cover. */
  extent: PixelWindow;
}

/** Another tile may judge a cut box if it sees at least this share of it. */
const MIN_SEEN = 0.75;
/** It confirms the box if one of its own has at least this IoU with it in the tiles' common part. */
const MIN_AGREEMENT = 0.3;

/**
 * Drops boxes that an inner tile edge cuts and that another tile contradicts: a tile of the same size that sees at
 * least three quarters of the box, cuts it no more, and has no box like it. The end of a wing or a road at a tile's
 * edge looks like a roof. Measured in bench/LOG.md ("Boxes cut by a tile's edge"). `tiles`: all tiles that were
 * processed, including those without a box.
 */
export function confirmed<T extends MergeItem>(
  items: readonly T[],
  tiles: readonly PixelWindow[],
  options: ConfirmOptions,
): T[] {
  return items.filter((item) => {
    const corners = cornersOf(item.box);
    const cuts = cutsOf(corners, item.tile, options);
    if (cuts === 0) return true;
    const judges = tiles.filter(
      (tile) =>
        !isSame(tile, item.tile) &&
        tile.width === item.tile.width &&
        cutsOf(corners, tile, options) < cuts &&
        seenPart(corners, tile) >= MIN_SEEN,
    );
    return judges.every((tile) =>
      items.some(
        (other) => isSame(other.tile, tile) && other.label === item.label && agreement(item, other) >= MIN_AGREEMENT,
      ),
    );
  });
}

/** Number of a tile's inner edges that a box reaches or crosses. */
function cutsOf(corners: Quad, tile: PixelWindow, { seamPx, extent }: ConfirmOptions): number {
  const box = hullOf(corners);
  const inner = 0.5;
  const [right, bottom] = [tile.x + tile.width, tile.y + tile.height];
  return (
    Number(tile.x > extent.x + inner && box.x <= tile.x + seamPx) +
    Number(tile.y > extent.y + inner && box.y <= tile.y + seamPx) +
    Number(right < extent.x + extent.width - inner && box.x + box.width >= right - seamPx) +
    Number(bottom < extent.y + extent.height - inner && box.y + box.height >= bottom - seamPx)
  );
}

function seenPart(corners: Quad, tile: PixelWindow): number {
  return ringArea(intersectConvex(corners, windowQuad(tile))) / areaOf(corners);
}

/** IoU of two boxes within the common part of their tiles. */
function agreement(a: MergeItem, b: MergeItem): number {
  const [inA, inB] = [a, b].map(({ box }) =>
    intersectConvex(intersectConvex(cornersOf(box), windowQuad(a.tile)), windowQuad(b.tile)),
  );
  const shared = ringArea(intersectConvex(inA!, inB!));
  const union = ringArea(inA!) + ringArea(inB!) - shared;
  return union > 0 ? shared / union : 0;
}

const isSame = (a: PixelWindow, b: PixelWindow) =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

const windowQuad = ({ x, y, width, height }: PixelWindow): Quad => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];
