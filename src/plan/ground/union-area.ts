import { clipHalfPlane } from '../../geo/boxes/convex.ts';
import type { Point } from '../../geo/types.ts';
import { BoundsIndex } from './bounds-index.ts';
import { type Ground, pixelAreaOf } from './ground.ts';
import { type Bounds, boundsOf, type Shape } from './shape.ts';
import { unionAreaPx } from './union-area-px.ts';
import { ZoneClip } from './zone-clip.ts';

/**
 * Ground area that any of the shapes covers inside `clip`, in the ground's units: what several cover counts once. Exact
 * for polygons; the ground's scale is taken at each group of overlapping shapes, and at each part of a large one.
 */
export function unionArea(shapes: readonly Shape[], clip: Shape | null, ground: Ground): number {
  const zone = clip && new ZoneClip(clip);
  return groupsOf(shapes).reduce((sum, group) => {
    const [only] = group;
    if (group.length === 1 && only!.shape.length === 1) return sum + areaOfOne(only!, zone, clip, ground);
    const isWhole = zone === null || group.every(({ shape }) => shape.every((ring) => zone.holds(ring)));
    return sum + areaOfGroup(group, isWhole ? null : clip, ground);
  }, 0);
}

interface Bounded {
  shape: Shape;
  bounds: Bounds;
}

function areaOfOne({ shape, bounds }: Bounded, zone: ZoneClip | null, clip: Shape | null, ground: Ground): number {
  const ring = shape[0]!;
  if (zone === null || zone.holds(ring)) return ground.area(ring);
  const areaPx = zone.meets(bounds) ? unionAreaPx([shape], clip) : 0;
  if (areaPx === 0) return 0;
  const isWhole = Math.abs(areaPx - unionAreaPx([shape], null)) <= 1e-9 * areaPx;
  return isWhole ? ground.area(ring) : areaPx * pixelAreaOf(ground.frameAt(...middleOf(bounds)));
}

/** More overlapping shapes than these are measured in two halves. */
const MOST_AT_ONCE = 48;
/** Unless so many of them, as a share, lie in both halves that this gains little. */
const MOST_IN_BOTH = 0.5;

function areaOfGroup(group: readonly Bounded[], clip: Shape | null, ground: Ground): number {
  const bounds = group.map((each) => each.bounds).reduce(around);
  const part = clip ? boundsOf(clip) : bounds;
  const left = Math.max(bounds.left, part.left);
  const right = Math.min(bounds.right, part.right);
  const top = Math.max(bounds.top, part.top);
  const bottom = Math.min(bounds.bottom, part.bottom);
  if (!(left < right && top < bottom)) return 0;
  const [x, y] = middleOf({ left, top, right, bottom });
  const isWide = right - left > bottom - top;
  const first = group.filter((each) => (isWide ? each.bounds.left < x : each.bounds.top < y));
  const second = group.filter((each) => (isWide ? each.bounds.right > x : each.bounds.bottom > y));
  if (group.length <= MOST_AT_ONCE || first.length + second.length > group.length * (1 + MOST_IN_BOTH)) {
    const shapes = group.map(({ shape }) => shape);
    return unionAreaPx(shapes, clip) * pixelAreaOf(ground.frameAt(x, y));
  }
  const whole = clip ?? [cornersOfBounds({ left, top, right, bottom })];
  const [before, after] = isWide
    ? [halfOf(whole, -1, 0, x), halfOf(whole, 1, 0, -x)]
    : [halfOf(whole, 0, -1, y), halfOf(whole, 0, 1, -y)];
  const areaIn = (members: readonly Bounded[], half: Shape) =>
    members.length > 0 ? areaOfGroup(members, half, ground) : 0;
  return areaIn(first, before) + areaIn(second, after);
}

/** The part of a shape where a·x + b·y + c ≥ 0. */
const halfOf = (shape: Shape, a: number, b: number, c: number): Shape =>
  shape.map((ring) => clipHalfPlane(ring, a, b, c)).filter((ring) => ring.length >= 3);

const middleOf = ({ left, top, right, bottom }: Bounds): Point => [(left + right) / 2, (top + bottom) / 2];

const around = (a: Bounds, b: Bounds): Bounds => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});

const cornersOfBounds = ({ left, top, right, bottom }: Bounds): Point[] => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

/** Shapes whose bounds meet, directly or through others, are one group. */
function groupsOf(shapes: readonly Shape[]): Bounded[][] {
  const all = shapes.map((shape): Bounded => ({ shape, bounds: boundsOf(shape) }));
  const index = new BoundsIndex(all.map(({ bounds }) => bounds));
  const isTaken = new Uint8Array(all.length);
  return all.flatMap((_, first) => {
    if (isTaken[first]) return [];
    isTaken[first] = 1;
    const members = [first];
    // Grows while it is walked through.
    for (const member of members) {
      for (const next of index.meeting(all[member]!.bounds, (other) => isTaken[other] === 0)) {
        isTaken[next] = 1;
        members.push(next);
      }
    }
    return [members.map((member) => all[member]!)];
  });
}
