import type { Point } from '../../geo/types.ts';
import type { Shape } from './shape.ts';

/** A polygon's edge from its upper to its lower end. */
interface Edge {
  upper: Point;
  lower: Point;
  /** Index of its shape; −1 for the clip. */
  owner: number;
}

/**
 * Area of the union of the shapes inside `clip`, in square pixels. The plane is cut into horizontal slabs at every corner
 * and every crossing, so that no edges cross within a slab and each piece is a trapezoid, whose area is its width at
 * half height times its height.
 */
export function unionAreaPx(shapes: readonly Shape[], clip: Shape | null): number {
  const edges = [...shapes.flatMap(edgesOf), ...(clip ? edgesOf(clip, -1) : [])].sort(
    (a, b) => a.upper[1] - b.upper[1],
  );
  const ys = new Set<number>();
  for (const { upper, lower } of edges) ys.add(upper[1]).add(lower[1]);
  addCrossings(edges, ys);
  const cuts = [...ys].sort((a, b) => a - b);
  let area = 0;
  let active: Edge[] = [];
  let next = 0;
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [top, bottom] = [cuts[i]!, cuts[i + 1]!];
    while (next < edges.length && edges[next]!.upper[1] <= top) active.push(edges[next++]!);
    active = active.filter(({ lower }) => lower[1] > top);
    area += (bottom - top) * coveredWidth(active, (top + bottom) / 2, clip !== null);
  }
  return area;
}

function edgesOf(shape: Shape, owner: number): Edge[] {
  return shape.flatMap((ring) =>
    ring.flatMap((p, i): Edge[] => {
      const q = ring[(i + 1) % ring.length]!;
      if (p[1] === q[1]) return [];
      return [p[1] < q[1] ? { upper: p, lower: q, owner } : { upper: q, lower: p, owner }];
    }),
  );
}

/** Adds the heights at which edges cross. `edges` are sorted by their upper end. */
function addCrossings(edges: readonly Edge[], ys: Set<number>): void {
  let active: Edge[] = [];
  for (const edge of edges) {
    active = active.filter(({ lower }) => lower[1] > edge.upper[1]);
    for (const other of active) {
      const y = crossingOf(edge, other);
      if (y !== null) ys.add(y);
    }
    active.push(edge);
  }
}

function crossingOf(a: Edge, b: Edge): number | null {
  const [ax, ay] = [a.lower[0] - a.upper[0], a.lower[1] - a.upper[1]];
  const [bx, by] = [b.lower[0] - b.upper[0], b.lower[1] - b.upper[1]];
  const [dx, dy] = [b.upper[0] - a.upper[0], b.upper[1] - a.upper[1]];
  const determinant = ax * by - ay * bx;
  if (determinant === 0) return null;
  const t = (dx * by - dy * bx) / determinant;
  const u = (dx * ay - dy * ax) / determinant;
  return t > 0 && t < 1 && u > 0 && u < 1 ? a.upper[1] + t * ay : null;
}

/** Width at height `y` of what lies in any shape and, if there is one, in the clip. */
function coveredWidth(active: readonly Edge[], y: number, hasClip: boolean): number {
  const crossings = active
    .map(({ upper, lower, owner }) => ({
      x: upper[0] + ((y - upper[1]) * (lower[0] - upper[0])) / (lower[1] - upper[1]),
      owner,
    }))
    .sort((a, b) => a.x - b.x);
  const inside = new Set<number>();
  let isClipped = !hasClip;
  let width = 0;
  let start = 0;
  for (const { x, owner } of crossings) {
    if (isClipped && inside.size > 0) width += x - start;
    if (owner === -1) isClipped = !isClipped;
    else if (!inside.delete(owner)) inside.add(owner);
    start = x;
  }
  return width;
}
