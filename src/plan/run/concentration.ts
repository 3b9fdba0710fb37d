import type { Shape } from '../ground/shape.ts';
import { partOf } from '../ground/zone.ts';
import type { Concentration } from '../result.ts';
import { corners, directions, type Part, sides } from '../terms/part.ts';
import type { Context } from './context.ts';

/** Parts of the picture in which things may be concentrated, and the least share of them that must lie there. */
const places: { part: Part; name: string; isOnGround: boolean; least: number }[] = [
  ...directions.map((direction) => ({
    part: { kind: 'compass' as const, direction },
    name: direction,
    isOnGround: true,
    least: ['north', 'east', 'south', 'west'].includes(direction) ? 0.8 : 0.7,
  })),
  ...corners.map((corner) => ({
    part: { kind: 'quadrant' as const, corner },
    name: corner,
    isOnGround: false,
    least: 0.7,
  })),
  ...sides.map((side) => ({ part: { kind: 'half' as const, side }, name: side, isOnGround: false, least: 0.8 })),
];

/** The smallest part of the region in which most lies; null if it is spread, or a part was asked about. `shareIn`: what lies in a zone, 0–1. */
export function mostlyIn(shareIn: (zone: Shape) => number, { evidence, ground, plan }: Context): Concentration | null {
  if (plan.where !== null) return null;
  const share = (part: Part) => shareIn(partOf(part, evidence.region, ground));
  const onGround = ground.kind !== 'pixels';
  const found = places
    .filter(({ isOnGround }) => isOnGround === onGround)
    .map(({ part, name, least }) => ({ name, share: share(part), least }))
    .filter(({ share, least }) => share >= least)
    // Quarters, which need less, say more than halves.
    .sort((a, b) => a.least - b.least || b.share - a.share);
  const [best] = found;
  if (best) return { kind: 'direction', direction: best.name, share: best.share };
  const centre = share({ kind: 'centre' });
  return centre >= 0.7 ? { kind: 'centre', share: centre } : null;
}
