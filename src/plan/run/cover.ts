import { pixelAreaOf } from '../ground/ground.ts';
import { freshParts } from '../ground/looked.ts';
import { areaOf } from '../ground/shape.ts';
import { unionArea } from '../ground/union-area.ts';
import { type Context, evidenceOf, type Thing } from './context.ts';
import { HALF_WIDTH } from './counting.ts';
import { select } from './things/select.ts';

/** Ground that subjects cover in the zone. Areas are in the ground's units. */
export interface Covered {
  area: number;
  /** Of the ground that was looked at, 0–1. */
  share: number;
  /** 90 % interval of the area, from the things' scores; null if it isn't known. */
  interval: { low: number; high: number } | null;
  /** The things that cover it; null if the area comes from cover by tile. */
  things: Thing[] | null;
}

/** What a subject covers, by its things or, without them, by its cover; null if the model gives neither. */
export function coverIn(subject: string, context: Context): Covered | null {
  const { things, cover } = evidenceOf(context.evidence, subject);
  if (things) return coveredBy(select(subject, context, 'ground').found, context);
  if (!cover) return null;
  const keyOf = ({ x, y }: { x: number; y: number }) => `${x},${y}`;
  const valid = new Map(context.evidence.tiles.map(({ window, validShare = 1 }) => [keyOf(window), validShare]));
  const parts = freshParts(
    cover.map(({ window, share }) => ({ window, value: share * (valid.get(keyOf(window)) ?? 1) })),
    context.zone,
  );
  const area = parts.reduce(
    (sum, { value, areaPx, centre }) => sum + value * areaPx * pixelAreaOf(context.ground.frameAt(...centre)),
    0,
  );
  return { area, share: shareOf(area, context), interval: null, things: null };
}

/** What things cover inside the zone; ground under several counts once. */
export function coveredBy(things: Thing[], context: Context): Covered {
  const { ground, zone } = context;
  const area = unionArea(
    things.map(({ placed }) => placed.shape),
    zone,
    ground,
  );
  const scores = things.map(({ score }) => score);
  const isScored = things.length > 0 && scores.every((score) => score !== null);
  return {
    area,
    share: shareOf(area, context),
    interval: isScored ? areaInterval(things, area, context) : null,
    things,
  };
}

/** Each thing's area counts if it is real, independently of the others. */
function areaInterval(things: readonly Thing[], area: number, { ground }: Context): { low: number; high: number } {
  let [all, mean, variance] = [0, 0, 0];
  for (const thing of things) {
    const size = areaOf(thing, ground);
    const p = thing.score!;
    all += size;
    mean += p * size;
    variance += p * (1 - p) * size * size;
  }
  // Things may overlap, or be cut by the zone: the interval is scaled to the area that they cover.
  const scale = all > 0 ? area / all : 0;
  const half = HALF_WIDTH * Math.sqrt(variance);
  return { low: Math.max(0, mean - half) * scale, high: Math.min(all, mean + half) * scale };
}

function shareOf(area: number, { looked }: Context): number {
  return looked.area > 0 ? Math.min(1, area / looked.area) : 0;
}
