import type { Shape } from '../ground/shape.ts';
import type { CannotResult, Concentration, CoverResult, CoverRow } from '../result.ts';
import { mostlyIn } from './concentration.ts';
import { type Context, squareMetres } from './context.ts';
import { iouOf, noteCover, requireCover, tallyIn } from './cover.ts';
import { sumOfClasses, tallyOf } from './cover-tally.ts';

/** Of a smaller share than this nobody asks where it is. */
const LEAST_PLACED = 0.005;

/**
 * The ground by class: all classes, or the ones meant in their order (a plan may name several subjects of one class). Which class comes
 * first is sure if the mapped areas differ by more than the IoU on held-out images allows, all errors being on one side.
 */
export function coverOf(
  asked: CoverResult['asked'],
  meant: { subjects: readonly string[]; classes: readonly number[] } | null,
  context: Context,
): CoverResult | CannotResult {
  const cover = requireCover(context);
  const { ground } = context;
  const tally = tallyIn(cover, context);
  if (!(tally.known > 0)) return { kind: 'cannot', reason: 'not-looked' };
  noteCover(meant?.subjects ?? [], context);
  const rowOf = (k: number): CoverRow => {
    const { area, interval, confidence } = sumOfClasses(tally, [k], iouOf([k], cover, tally));
    const share = area / tally.known;
    const place = asked === 'where' && share >= LEAST_PLACED ? placeOf(k, context) : null;
    return { ...cover.classes[k]!, amount: squareMetres(area, ground), share, interval, confidence, place };
  };
  const rows = (meant?.classes ?? cover.classes.map((_, k) => k)).map(rowOf);
  if (asked !== 'where') rows.sort((a, b) => (asked === 'least' ? a.share - b.share : b.share - a.share));
  const [first, second] = rows;
  const isSure = !first || !second || (asked === 'least' ? isMore(second, first) : isMore(first, second));
  return { kind: 'cover', asked, rows, whole: squareMetres(tally.known, ground), isSure };
}

/** Whether one class covers more than another even if the errors of both are on the side against it. */
function isMore(more: CoverRow, less: CoverRow): boolean {
  const worst = Math.sqrt((more.iou ?? 1) * (less.iou ?? 1));
  return more.share * worst > less.share;
}

function placeOf(k: number, context: Context): Concentration | null {
  const cover = requireCover(context);
  const whole = tallyIn(cover, context).areas[k]!;
  const shareIn = (zone: Shape) => tallyOf(cover.raster, zone, context.ground).areas[k]! / whole;
  return mostlyIn(shareIn, context);
}
