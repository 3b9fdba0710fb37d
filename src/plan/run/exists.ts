import type { ExistsRow } from '../result.ts';
import { type Condition, holds } from '../terms/filter.ts';
import { anyOf, probabilityThat } from './chances.ts';
import { type Context, conditionsOf, evidenceOf } from './context.ts';
import { type Counted, countedThings, countOf, LEAST_YES, presenceIn, tilesThatShow } from './counting.ts';
import { coverIn, noteCover } from './cover.ts';
import { densityIn } from './things/select.ts';

/** Below this the subject is taken not to be there. */
const MOST_NO = 0.25;
/** A claim about a number is sure from this probability on, or up to the opposite one. */
const SURE = 0.8;
/** Less ground than this isn't cover. */
const LEAST_COVER = 0.005;
/** From here on "not everywhere" is said. */
const WHOLE = 0.99;

/** Whether a subject is there; from things, else densities, presence and cover, whichever the model gives. */
export function existsRow(subject: string, context: Context): ExistsRow | null {
  const [needed = null] = conditionsOf(context.plan, 'count');
  const { densities } = evidenceOf(context.evidence, subject);
  const things = countedThings(subject, context);
  const presence = presenceIn(subject, context);
  const tiles = tilesThatShow(presence);
  const likeliest = Math.max(0, ...(presence ?? []).map(({ probability }) => probability));
  const shows = (presence ?? []).some(({ isClear, probability }) => isClear && probability >= LEAST_YES);
  const base = { subject, needed, tiles };
  const counted = things || densities ? countOf(subject, context) : null;
  if (counted && needed)
    return { ...base, by: things ? 'things' : 'density', count: counted.row, ...ofNumber(counted, needed) };
  if (counted && things) {
    const row = { ...base, by: 'things' as const, count: counted.row };
    if (counted.row.count > 0) {
      const found = ofThings(counted);
      return { ...row, ...(isWhole(context) && presence?.length ? together(found, combined(presence)) : found) };
    }
    // What presence scores say of a tile holds for any thing on it, not for those of a size or at a place.
    const isPlain = context.plan.filter.length === 0;
    if (isPlain && likeliest >= LEAST_YES) {
      return { ...row, by: 'presence', verdict: 'unsure', probability: combined(presence!) };
    }
    return { ...row, ...ofNoThings(counted, context) };
  }
  if (counted) {
    if (isWhole(context) && presence?.length) {
      // A head that was taught presence tells a few from none better than a sum of small densities.
      const verdict = shows ? 'yes' : likeliest >= MOST_NO ? 'unsure' : noneSeen(context);
      return { ...base, by: 'density', count: counted.row, probability: combined(presence), verdict };
    }
    const { most } = densityIn(subject, context)!;
    // A tile's estimate under half a thing is none; over many tiles such estimates would add up to some.
    const yes = most >= 0.5;
    return { ...base, by: 'density', count: counted.row, probability: null, verdict: yes ? 'yes' : noneSeen(context) };
  }
  // Heads that were taught presence tell a little from none better than a map does; of a small part they tell nothing.
  const cover = tiles === null ? coverIn(subject, context) : null;
  if (cover && !needed) {
    noteCover([subject], context);
    const yes = cover.share >= LEAST_COVER;
    return { ...base, by: 'cover', count: null, probability: null, verdict: yes ? 'yes' : noneSeen(context) };
  }
  if (!presence || presence.length === 0 || needed) return null;
  const verdict = shows ? 'yes' : likeliest >= MOST_NO ? 'unsure' : noneSeen(context);
  return { ...base, by: 'presence', count: null, probability: combined(presence), verdict };
}

/** Asked of all things of the subject in the whole region: what presence scores are about. */
const isWhole = ({ plan }: Context): boolean => plan.filter.length === 0 && plan.where === null;

/**
 * Things that were found and a head that tells presence, as two witnesses: the mean of their log odds. Weak boxes where the head
 * sees nothing are doubtful; sure ones stand.
 */
function together(
  found: Pick<ExistsRow, 'verdict' | 'probability'>,
  presence: number,
): Pick<ExistsRow, 'verdict' | 'probability'> {
  if (found.probability === null) return found;
  const logOdds = (p: number) => Math.log(clamped(p) / (1 - clamped(p)));
  const probability = 1 / (1 + Math.exp(-(logOdds(found.probability) + logOdds(presence)) / 2));
  return { probability, verdict: probability >= LEAST_YES ? 'yes' : 'unsure' };
}

const clamped = (p: number) => Math.min(0.999, Math.max(0.001, p));

const noneSeen = ({ looked }: Context): 'no' | 'unsure' => (looked.share >= WHOLE ? 'no' : 'unsure');

/**
 * The probability that any tile shows the subject: of tiles that do by themselves, at least one of them; of others the
 * likeliest alone. Small errors of hundreds of tiles would add up to a yes.
 */
function combined(presence: readonly { probability: number }[]): number {
  const all = presence.map(({ probability }) => probability);
  const yes = all.filter((probability) => probability >= LEAST_YES);
  return yes.length > 0 ? anyOf(yes) : Math.max(...all);
}

function ofThings({ things }: Counted): Pick<ExistsRow, 'verdict' | 'probability'> {
  const scores = things.map(({ score }) => score).filter((score) => score !== null);
  if (scores.length < things.length) return { verdict: 'yes', probability: null };
  const probability = anyOf(scores);
  return { verdict: probability >= LEAST_YES ? 'yes' : 'unsure', probability };
}

function ofNoThings({ candidates }: Counted, context: Context): Pick<ExistsRow, 'verdict' | 'probability'> {
  const scores = candidates.map(({ score }) => score ?? 0);
  const probability = scores.length > 0 ? anyOf(scores) : null;
  const verdict = probability !== null && probability >= LEAST_YES ? 'unsure' : noneSeen(context);
  return { verdict, probability };
}

/** "More than ten": by the number found, and unsure unless the real number most likely agrees. */
function ofNumber(
  { row, chances }: Counted,
  { is, value }: Extract<Condition, { kind: 'count' }>,
): Pick<ExistsRow, 'verdict' | 'probability'> {
  const isSo = holds(row.count, is, value);
  if (!chances) return { verdict: isSo ? 'yes' : 'no', probability: null };
  const probability = probabilityThat(chances, (k) => holds(k, is, value));
  const agrees = isSo ? probability >= SURE : probability <= 1 - SURE;
  return { verdict: agrees ? (isSo ? 'yes' : 'no') : 'unsure', probability };
}
