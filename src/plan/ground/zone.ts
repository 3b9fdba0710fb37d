import { clipHalfPlane } from '../../geo/boxes/convex.ts';
import type { PixelWindow, Point } from '../../geo/types.ts';
import type { Corner, Direction, Part, Side } from '../terms/part.ts';
import { type Ground, gradientOf } from './ground.ts';
import type { Shape } from './shape.ts';

/** East and north components of each direction. */
export const eastNorth: Record<Direction, Point> = {
  north: [0, 1],
  northeast: [1, 1],
  east: [1, 0],
  southeast: [1, -1],
  south: [0, -1],
  southwest: [-1, -1],
  west: [-1, 0],
  northwest: [-1, 1],
};

/** On the screen: column and row components of each side. */
export const colRow: Record<Side, Point> = { left: [-1, 0], right: [1, 0], top: [0, -1], bottom: [0, 1] };

const sidesOf: Record<Corner, [Side, Side]> = {
  'top left': ['top', 'left'],
  'top right': ['top', 'right'],
  'bottom left': ['bottom', 'left'],
  'bottom right': ['bottom', 'right'],
};

/** The band that `edges` means, as a share of each side. */
const EDGE_SHARE = 0.1;

export function cornersOfWindow({ x, y, width, height }: PixelWindow): Point[] {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/**
 * The part of a region that `part` means, in source pixels. Left and top are those of the screen. North and east are
 * those of the ground at the region's centre, through which the line between two halves goes.
 */
export function partOf(part: Part, region: PixelWindow, ground: Ground): Shape {
  const whole = cornersOfWindow(region);
  const middle: Point = [region.x + region.width / 2, region.y + region.height / 2];
  const frame = ground.frameAt(...middle);
  const towards = (direction: Direction) => {
    const [east, north] = eastNorth[direction];
    return [east !== 0 && gradientOf(frame, [east, 0]), north !== 0 && gradientOf(frame, [0, north])].filter(
      (way) => way !== false,
    );
  };
  switch (part.kind) {
    case 'half':
      return [beyond(whole, colRow[part.side], 1 / 2)];
    case 'quadrant':
      return [sidesOf[part.corner].reduce((ring, side) => beyond(ring, colRow[side], 1 / 2, whole), whole)];
    case 'compass':
      return [towards(part.direction).reduce((ring, way) => beyond(ring, way, 1 / 2, whole), whole)];
    case 'third': {
      if (part.side === 'middle') return [beyond(beyond(whole, [1, 0], 2 / 3), [-1, 0], 2 / 3, whole)];
      const way = part.side in colRow ? colRow[part.side as Side] : towards(part.side as Direction)[0]!;
      return [beyond(whole, way, 1 / 3)];
    }
    case 'centre':
      return [cornersOfWindow(shrunk(region, 1 / 4))];
    case 'edges':
      return [whole, cornersOfWindow(shrunk(region, EDGE_SHARE))];
  }
}

/** The part of `ring` in the outermost `share` of the extent of `whole` along a pixel direction. */
function beyond(ring: readonly Point[], [a, b]: Point, share: number, whole: readonly Point[] = ring): Point[] {
  const along = whole.map(([x, y]) => a * x + b * y);
  const [least, most] = [Math.min(...along), Math.max(...along)];
  return clipHalfPlane(ring, a, b, -(most - share * (most - least)));
}

/** Without `share` of each side at either end. */
function shrunk({ x, y, width, height }: PixelWindow, share: number): PixelWindow {
  return {
    x: x + share * width,
    y: y + share * height,
    width: width * (1 - 2 * share),
    height: height * (1 - 2 * share),
  };
}
