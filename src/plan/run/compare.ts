import type { CannotResult, CompareResult } from '../result.ts';
import { compareChances, normalBelow } from './chances.ts';
import type { Context } from './context.ts';
import { type Counted, countOf, uncountable } from './counting.ts';
import { isByGround } from './cover.ts';
import { measure } from './measure.ts';

/** Which subject has the most: things, or of the plan's quantity, or ground where things aren't told apart. */
export function compare(subjects: readonly string[], context: Context): CompareResult | CannotResult {
  const asked = context.plan.quantity;
  const quantity = (asked === null || asked === 'area') && isByGround(subjects, context) ? 'total area' : asked;
  return quantity === null ? compareCounts(subjects, context) : compareAmounts(subjects, quantity, context);
}

function compareCounts(subjects: readonly string[], context: Context): CompareResult | CannotResult {
  const counted = subjects.map((subject) => countOf(subject, context));
  const uncounted = subjects.find((_, i) => counted[i] === null);
  if (uncounted !== undefined) return { kind: 'cannot', ...uncountable(uncounted, context) };
  const known = counted.filter((each) => each !== null);
  const rows = known.map(({ row }) => ({
    subject: row.subject,
    amount: { value: row.count, unit: 'count' as const },
    count: row,
    ids: row.ids,
  }));
  const compared = concluded('count', rows);
  const first = known.find(({ row }) => row.subject === compared.most);
  return first ? { ...compared, probability: probabilityOfMost(first, known) } : compared;
}

function compareAmounts(
  subjects: readonly string[],
  quantity: NonNullable<Context['plan']['quantity']>,
  context: Context,
): CompareResult | CannotResult {
  const rows: CompareResult['rows'] = [];
  for (const subject of subjects) {
    const result = measure([subject], quantity, context);
    const isNone = result.kind === 'cannot' && result.reason === 'none-found';
    if (result.kind === 'cannot' && !isNone) return result;
    const found = result.kind === 'measure' ? result : null;
    // Sizes of several things are compared by their sum.
    const sum = found?.each.reduce((total, { amount }) => total + (amount?.value ?? 0), 0) ?? 0;
    const unit = found?.amount?.unit ?? found?.each[0]?.amount?.unit ?? unitOf(rows);
    rows.push({ subject, amount: { value: found?.amount?.value ?? sum, unit }, count: null, ids: found?.ids ?? [] });
  }
  const unit = unitOf(rows.filter(({ ids, amount }) => ids.length > 0 || amount.value > 0));
  return concluded(
    quantity,
    rows.map((row) => (row.amount.value === 0 ? { ...row, amount: { value: 0, unit } } : row)),
  );
}

const unitOf = (rows: CompareResult['rows']) => rows[0]?.amount.unit ?? 'm2';

function concluded(quantity: CompareResult['quantity'], rows: CompareResult['rows']): CompareResult {
  const [first, second] = [...rows].sort((a, b) => b.amount.value - a.amount.value);
  const [most, next] = [first?.amount.value ?? 0, second?.amount.value ?? 0];
  const isEqual = most - next <= 1e-9 * Math.max(1, most);
  return {
    kind: 'compare',
    quantity,
    rows,
    most: isEqual ? null : (first?.subject ?? null),
    ratio: next > 0 ? most / next : null,
    probability: null,
  };
}

/** That the first one has more than each of the others; null if the distributions aren't known. */
function probabilityOfMost(first: Counted, all: readonly Counted[]): number | null {
  let probability = 1;
  for (const other of all) {
    if (other === first) continue;
    const more = probabilityOfMore(first, other);
    if (more === null) return null;
    probability *= more;
  }
  return probability;
}

function probabilityOfMore(a: Counted, b: Counted): number | null {
  const bChances = b.chances ?? (isCertainlyNone(b) ? new Float64Array([1]) : null);
  if (a.chances && bChances) return compareChances(a.chances, bChances).more;
  const bSpread = b.spread ?? (isCertainlyNone(b) ? { mean: 0, sd: 0 } : null);
  if (!a.spread || !bSpread) return null;
  const sd = Math.hypot(a.spread.sd, bSpread.sd);
  return sd > 0 ? normalBelow((a.spread.mean - bSpread.mean) / sd) : a.spread.mean > bSpread.mean ? 1 : 0;
}

/** Nothing was found and nothing may be there. */
export const isCertainlyNone = ({ row, candidates }: Counted) =>
  row.count === 0 && !row.isEstimate && candidates.length === 0;
