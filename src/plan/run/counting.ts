import type { EvidenceThing, TileScore } from '../evidence.ts';
import { unionAreaPx } from '../ground/union-area-px.ts';
import { ZoneClip } from '../ground/zone-clip.ts';
import type { CountRow, Reason, TileShare } from '../result.ts';
import { anyOf, type Chances, chancesOf, intervalOf, sumOf, withMissed } from './chances.ts';
import { type Context, conditionsOf, evidenceOf, isAboutThings, type Thing } from './context.ts';
import { densityIn, select } from './things/select.ts';

/** A number of things with all that is known of it. */
export interface Counted {
  row: CountRow;
  things: Thing[];
  candidates: Thing[];
  /** Distribution of the real number; null if it isn't known. */
  chances: Chances | null;
  /** The same as mean and standard deviation, which a density has too. */
  spread: { mean: number; sd: number } | null;
}

/** Half the width of a 90 % interval of a normal distribution, in standard deviations. */
export const HALF_WIDTH = 1.645;

/**
 * The things of a subject that its number is made of; null if there are none, or if a density tells the number better, as of a crowd of
 * which only some have boxes.
 */
export function countedThings(subject: string, { evidence, plan }: Context): readonly EvidenceThing[] | null {
  const { things, densities } = evidenceOf(evidence, subject);
  return densities && !isAboutThings(plan) ? null : things;
}

/** How many things of a subject the plan means; null if the model gives no numbers of it. */
export function countOf(subject: string, context: Context): Counted | null {
  const evidence = evidenceOf(context.evidence, subject);
  if (countedThings(subject, context)) return countThings(subject, context);
  const density = densityIn(subject, context);
  if (!density) return null;
  const sd = evidence.densityError === null ? null : density.sum * evidence.densityError;
  const interval = sd === null ? null : around(density.sum, sd);
  const row = { subject, count: Math.round(density.sum), isEstimate: true, interval, ids: [] };
  const spread = sd === null ? null : { mean: density.sum, sd };
  return { row, things: [], candidates: [], chances: null, spread };
}

function countThings(subject: string, context: Context): Counted {
  const { found, candidates } = select(subject, context);
  const { recall, placeSpread } = evidenceOf(context.evidence, subject);
  const scores = [...found, ...candidates].map(({ score }) => score);
  const known = scores.filter((score) => score !== null);
  const all = known.length === scores.length && scores.length > 0 ? chancesOf(known, placeSpread) : null;
  // What a score's limit leaves out isn't missed.
  const isAll = conditionsOf(context.plan, 'score').length === 0;
  const chances = all && recall !== null && isAll ? withMissed(all, recall, placeSpread) : all;
  const row = {
    subject,
    count: found.length,
    isEstimate: false,
    interval: chances && intervalOf(chances),
    ids: found.map(({ id }) => id),
    ...(isDoubtful(found) && { isDoubtful: true }),
  };
  return { row, things: found, candidates, chances, spread: chances && spreadOf(chances) };
}

/** As `exists` decides it: that any of them is real is less likely than not. */
function isDoubtful(found: readonly Thing[]): boolean {
  const scores = found.map(({ score }) => score).filter((score) => score !== null);
  return found.length > 0 && scores.length === found.length && anyOf(scores) < LEAST_YES;
}

function spreadOf(chances: Chances): { mean: number; sd: number } {
  let [mean, square] = [0, 0];
  chances.forEach((chance, k) => {
    mean += k * chance;
    square += k * k * chance;
  });
  return { mean, sd: Math.sqrt(Math.max(0, square - mean * mean)) };
}

function around(mean: number, sd: number): { low: number; high: number } {
  return { low: Math.max(0, Math.round(mean - HALF_WIDTH * sd)), high: Math.round(mean + HALF_WIDTH * sd) };
}

/** Things of several subjects together; null for fewer than two. */
export function totalOf(counted: readonly Counted[]): Omit<CountRow, 'subject'> | null {
  if (counted.length < 2) return null;
  const rows = counted.map(({ row }) => row);
  return {
    count: rows.reduce((sum, { count }) => sum + count, 0),
    isEstimate: rows.some(({ isEstimate }) => isEstimate),
    interval: sumInterval(counted),
    ids: rows.flatMap(({ ids }) => ids),
  };
}

function sumInterval(counted: readonly Counted[]): { low: number; high: number } | null {
  // Of a subject of which nothing was found there is nothing to add.
  const some = counted.filter(({ row, candidates }) => row.count > 0 || candidates.length > 0);
  const exact = some.map(({ chances }) => chances).filter((chances) => chances !== null);
  if (some.length > 0 && exact.length === some.length) return intervalOf(exact.reduce(sumOf));
  const spreads = some.map(({ spread }) => spread).filter((spread) => spread !== null);
  if (some.length === 0 || spreads.length < some.length) return null;
  return around(
    spreads.reduce((sum, { mean }) => sum + mean, 0),
    Math.hypot(...spreads.map(({ sd }) => sd)),
  );
}

/** From this probability on a tile shows the subject. */
export const LEAST_YES = 0.5;

export interface PresenceScore extends TileScore {
  /** The tile mostly lies in the zone, or shows most of it. What another one shows may lie outside. */
  isClear: boolean;
}

/** Presence scores of the tiles that meet the zone; null if the model gives none. */
export function presenceIn(subject: string, { evidence, zone }: Context): PresenceScore[] | null {
  const { presence } = evidenceOf(evidence, subject);
  if (!presence) return null;
  const zonePx = unionAreaPx([zone], null);
  const clip = new ZoneClip(zone);
  return presence
    .map(({ window, probability }) => ({ window, probability, sharedPx: clip.areaOf(window) }))
    .filter(({ sharedPx }) => sharedPx > 0)
    .map(({ window, probability, sharedPx }) => ({
      window,
      probability,
      isClear: sharedPx >= 0.5 * Math.min(zonePx, window.width * window.height),
    }));
}

export function tilesThatShow(scores: readonly PresenceScore[] | null): TileShare | null {
  const clear = scores?.filter(({ isClear }) => isClear) ?? [];
  if (clear.length === 0) return null;
  return { yes: clear.filter(({ probability }) => probability >= LEAST_YES).length, of: clear.length };
}

/** Why a subject can't be counted, with what is known of it instead. */
export function uncountable(subject: string, context: Context): Extract<Reason, { reason: 'no-count' }> {
  return { reason: 'no-count', subject, tiles: tilesThatShow(presenceIn(subject, context)) };
}
