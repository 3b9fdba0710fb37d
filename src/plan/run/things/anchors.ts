import type { Reference } from '../../result.ts';
import type { Anchor } from '../../terms/anchor.ts';
import { type Context, evidenceOf, type Thing } from '../context.ts';
import { amountOf, firstOf, inOrder, plainRank } from './rank.ts';
import { hasScore, hasSizes } from './sizes.ts';

/**
 * The found things by which a place is named or from which is measured, out of the whole region: those that the anchor
 * chooses. The plan's own filter and place aren't about them.
 */
export const anchorsOf = (anchor: Anchor, context: Context): readonly Thing[] => chosenFrom(anchor, context).things;

/** Which things an anchor with a choice came to; null for one without. */
export function referenceOf(anchor: Anchor, context: Context): Reference | null {
  const { subject, chosen } = anchor;
  if (!chosen) return null;
  const { things, of } = chosenFrom(anchor, context);
  const rank = chosen.order ? plainRank(chosen.order, context) : () => ({ key: 0, amount: null, anchor: null });
  if (chosen.order?.by === 'area' || chosen.order?.by === 'length') context.caveats.addSizes(things, context.ground);
  return { subject, chosen, of, things: inOrder(things, rank, context).map(amountOf) };
}

/** `of`: the number of things that the choice was made from. */
function chosenFrom({ subject, chosen }: Anchor, context: Context): { things: readonly Thing[]; of: number } {
  const { evidence, thingsOf, ground } = context;
  const { leastScore } = evidenceOf(evidence, subject);
  if (!chosen) {
    const things = thingsOf(subject).filter(({ score }) => score === null || score >= leastScore);
    return { things, of: things.length };
  }
  const isByScore = chosen.filter.some(({ kind }) => kind === 'score');
  const fitting = thingsOf(subject).filter(
    (thing) =>
      (isByScore || thing.score === null || thing.score >= leastScore) &&
      hasScore(thing, chosen.filter) &&
      hasSizes(thing, chosen.filter, ground),
  );
  const top = chosen.filter.find((condition) => condition.kind === 'top')?.n ?? null;
  if (!chosen.order && top === null) return { things: fitting, of: fitting.length };
  // As of a plan: the first ones without an order are the most certain.
  const ranked = inOrder(fitting, plainRank(chosen.order ?? { by: 'score', first: 'most' }, context), context);
  return { things: firstOf(ranked, top).map(({ thing }) => thing), of: ranked.length };
}
