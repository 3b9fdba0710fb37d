import { convexHull, doubleSignedArea } from '../../geo/boxes/convex.ts';
import type { PixelWindow, Point } from '../../geo/types.ts';
import { uncoveredArea } from '../../geo/uncovered-area.ts';
import { type Bounds, boundsOf, type Shape } from './shape.ts';
import { unionAreaPx } from './union-area-px.ts';
import { cornersOfWindow } from './zone.ts';

export const boundsOfWindow = ({ x, y, width, height }: PixelWindow): Bounds => ({
  left: x,
  top: y,
  right: x + width,
  bottom: y + height,
});

/** Measures many windows and shapes inside one zone. Most lie well inside, which is seen without cutting polygons. */
export class ZoneClip {
  readonly #zone: Shape;
  readonly #bounds: Bounds;
  /** The zone's ring, clockwise on the screen, if it is a single convex one. */
  readonly #convex: readonly Point[] | null;

  constructor(zone: Shape) {
    this.#zone = zone;
    this.#bounds = boundsOf(zone);
    this.#convex = zone.length === 1 ? clockwiseConvex(zone[0]!) : null;
  }

  /** Area in pixels² of the window's part in the zone that none of `earlier` covers. */
  areaOf(window: PixelWindow, earlier: readonly PixelWindow[] = []): number {
    const corners = cornersOfWindow(window);
    if (!this.meets(boundsOfWindow(window))) return 0;
    if (this.holds(corners)) return uncoveredArea(window, earlier);
    const shapes = earlier.map((each) => [cornersOfWindow(each)]);
    const before = shapes.length > 0 ? unionAreaPx(shapes, this.#zone) : 0;
    return Math.max(0, unionAreaPx([...shapes, [corners]], this.#zone) - before);
  }

  /** Whether bounds overlap the zone's. */
  meets({ left, top, right, bottom }: Bounds): boolean {
    const zone = this.#bounds;
    return left < zone.right && right > zone.left && top < zone.bottom && bottom > zone.top;
  }

  /** Whether the points, and so all between them, surely lie in the zone; false if that isn't known at once. */
  holds(points: readonly Point[]): boolean {
    const ring = this.#convex;
    if (!ring) return false;
    return points.every(([x, y]) =>
      ring.every(([x0, y0], i) => {
        const [x1, y1] = ring[(i + 1) % ring.length]!;
        return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= 0;
      }),
    );
  }
}

/** Only a convex polygon has the area of its hull. */
function clockwiseConvex(ring: readonly Point[]): readonly Point[] | null {
  const hull = convexHull(ring);
  const area = doubleSignedArea(hull);
  const isConvex = hull.length >= 3 && Math.abs(doubleSignedArea(ring)) >= Math.abs(area) * (1 - 1e-12);
  return isConvex ? (area < 0 ? hull.toReversed() : hull) : null;
}
