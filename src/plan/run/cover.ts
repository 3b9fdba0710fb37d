import { assert } from '../../lib/errors.ts';
import type { CoverEvidence } from '../evidence.ts';
import { areaOf, type Shape } from '../ground/shape.ts';
import { unionArea } from '../ground/union-area.ts';
import { LAND_COVER } from '../subjects.ts';
import { relativesIn } from '../terms/where.ts';
import { areaUnit, type Context, evidenceOf, metres, type Thing } from './context.ts';
import { HALF_WIDTH } from './counting.ts';
import { type CoverTally, sumOfClasses, tallyOf } from './cover-tally.ts';
import { select } from './things/select.ts';

/** Ground that subjects cover in the zone. Areas are in the ground's units. */
export interface Covered {
  area: number;
  /** The ground that `area` is a part of: that was looked at, or of which the land cover is known. */
  whole: number;
  /** Of `whole`, 0–1. */
  share: number;
  /** As in `MeasureResult`; null if it isn't known. */
  interval: { low: number; high: number } | null;
  /** The things that cover it; null if the area comes from the land cover. */
  things: Thing[] | null;
}

/**
 * Whether the ground that a subject covers is measured by the land cover: it has no things, or is a crowd of which only some have boxes.
 * Of a part that other things name, the land cover tells nothing.
 */
export function isMeasuredByCover(subject: string, { evidence, plan }: Context): boolean {
  const { things, densities, cover } = evidenceOf(evidence, subject);
  return cover !== null && (things === null || densities !== null) && relativesIn(plan.where).length === 0;
}

/** What a subject covers, by its things or by the land cover; null if the model gives neither. */
export function coverIn(subject: string, context: Context): Covered | null {
  if (isMeasuredByCover(subject, context)) return landCoverOf([subject], context);
  if (evidenceOf(context.evidence, subject).things) {
    return coveredBy(select(subject, context, 'ground').found, context);
  }
  return null;
}

/** What subjects cover together by the land cover, each class once; null if one of them is none of its classes. */
export function landCoverOf(subjects: readonly string[], context: Context): Covered | null {
  const classes = classesOf(subjects, context);
  if (!classes) return null;
  const cover = requireCover(context);
  const tally = tallyIn(cover, context);
  const { area, interval } = sumOfClasses(tally, classes, iouOf(classes, cover, tally));
  return {
    area,
    whole: tally.known,
    share: tally.known > 0 ? area / tally.known : 0,
    interval,
    things: null,
  };
}

/** Whether only the ground that they cover can be told of some of the subjects, and of all the ground can be told. */
export function isByGround(subjects: readonly string[], { evidence }: Context): boolean {
  const each = subjects.map((subject) => evidenceOf(evidence, subject));
  return (
    each.some(({ things, densities }) => !things && !densities) && each.every(({ things, cover }) => things || cover)
  );
}

/** Whether a plan asks about the land cover itself; a change of it is seen by another head. */
export function asksForAll({ plan: { intent, subjects }, evidence }: Context): boolean {
  if (intent === 'quality' || intent === 'change' || !subjects.includes(LAND_COVER)) return false;
  return evidenceOf(evidence, LAND_COVER).cover !== null;
}

/** Whether a plan asks about the land cover itself, or where subjects are that have no things but a class of it. */
export function isAboutGround(subjects: readonly string[], context: Context): boolean {
  const { intent, order, filter, where } = context.plan;
  const { evidence } = context;
  if (relativesIn(where).length > 0) return false;
  if (asksForAll(context)) return true;
  const isGround = (subject: string) => {
    const { things, cover } = evidenceOf(evidence, subject);
    return things === null && cover !== null;
  };
  return intent === 'find' && filter.length === 0 && order === null && subjects.every(isGround);
}

/** The classes of the land cover that subjects are; null if one of them is none. */
export function classesOf(subjects: readonly string[], { evidence }: Context): number[] | null {
  const each = subjects.map((subject) => evidenceOf(evidence, subject).cover?.classes);
  const known = each.filter((classes) => classes !== undefined);
  return known.length === each.length && each.length > 0 ? [...new Set(known.flat())] : null;
}

export function requireCover({ evidence }: Context): CoverEvidence {
  assert(evidence.cover, 'a subject with land cover comes with the raster');
  return evidence.cover;
}

/** IoU of some classes together: their mean, weighted by area. Null if one of them isn't measured. */
export function iouOf(classes: readonly number[], cover: CoverEvidence, { areas }: CoverTally): number | null {
  let [sum, weight] = [0, 0];
  for (const k of classes) {
    const { iou } = cover.classes[k]!;
    if (iou === null) return null;
    // Classes that nothing is mapped as count the same.
    const area = Math.max(areas[k]!, 1e-9);
    sum += area * iou;
    weight += area;
  }
  return weight > 0 ? sum / weight : null;
}

const tallies = new WeakMap<CoverEvidence, Map<Shape, CoverTally>>();

/** Added up once a zone. */
export function tallyIn(cover: CoverEvidence, { zone, ground }: Pick<Context, 'zone' | 'ground'>): CoverTally {
  const known = tallies.get(cover) ?? new Map<Shape, CoverTally>();
  tallies.set(cover, known);
  const tally = known.get(zone) ?? tallyOf(cover.raster, zone, ground);
  known.set(zone, tally);
  return tally;
}

/** Notes that numbers are of the land cover, and which subjects are only a part of its classes. */
export function noteCover(subjects: readonly string[], context: Context): void {
  const cover = requireCover(context);
  const { caveats, ground, evidence } = context;
  const { cellWidth, cellHeight, x, y } = cover.raster;
  const side = ground.length([
    [x, y],
    [x + Math.sqrt(cellWidth * cellHeight), y],
  ]);
  const classes = classesOf(subjects, context) ?? cover.classes.map((_, k) => k);
  caveats.add({ kind: 'by-cover', cell: metres(side, ground), iou: iouOf(classes, cover, tallyIn(cover, context)) });
  if (areaUnit(ground) === 'px2') caveats.add({ kind: 'pixels' });
  for (const subject of subjects) {
    const meant = evidenceOf(evidence, subject).cover;
    if (!meant || meant.isExact) continue;
    const names = meant.classes.map((k) => cover.classes[k]!).map(({ label, labelZh }) => ({ label, labelZh }));
    caveats.add({ kind: 'wider-class', subject, classes: names });
  }
}

/** What things cover inside the zone; ground under several counts once. */
export function coveredBy(things: Thing[], context: Context): Covered {
  const { ground, zone, looked } = context;
  const area = unionArea(
    things.map(({ placed }) => placed.shape),
    zone,
    ground,
  );
  const scores = things.map(({ score }) => score);
  const isScored = things.length > 0 && scores.every((score) => score !== null);
  return {
    area,
    whole: looked.area,
    share: looked.area > 0 ? Math.min(1, area / looked.area) : 0,
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
