import type { PlaceRow, PlacesResult } from '../../result.ts';
import { whole } from '../numbers.ts';
import { linked, list, type Phrase, say } from '../phrase.ts';
import type { Setting } from '../words.ts';
import {
  amountText,
  brackets,
  filterOf,
  likely,
  measureOf,
  nameOf,
  orderText,
  placeOf,
  quantityNames,
  texts,
} from './terms.ts';

/** How much there is in each of several places, in Chinese. */

export function places(result: PlacesResult, setting: Setting): Phrase[] {
  const isCompared = setting.plan.intent === 'compare' && result.rows.every(({ amount }) => amount !== null);
  return [isCompared ? compared(result, setting) : listed(result, setting), ...apart(result)];
}

/** "汽车", "面积超过 200 平方米的建筑物". */
const namesOf = ({ subjects }: PlacesResult, { plan }: Setting) => filterOf(plan.filter) + texts(subjects.map(nameOf));

function at(row: PlaceRow, { plan, result }: Setting): string {
  const within = result.caveats.find((caveat) => caveat.kind === 'within')?.amount ?? null;
  return placeOf(row.where, result.regionKind, plan.filter, within);
}

/** "9 辆", "12 个每平方公里". */
function amountIn({ amount, count, ids }: PlaceRow, { subjects, quantity }: PlacesResult): Phrase {
  const measure = subjects.length === 1 ? measureOf(subjects[0]!) : '个';
  const number = `${count?.isEstimate && count.count > 0 ? '约 ' : ''}${amount ? amountText(amount) : '0'}`;
  if (quantity === 'count') return linked(`${number} ${measure}`, ids);
  const per = { 'per km2': '每平方公里 ', 'per Mpx': '每百万像素 ' }[amount?.unit as string];
  return linked(per ? `${per}${number} ${measure}` : number, ids);
}

const noteOf = (row: PlaceRow, result: PlacesResult) =>
  result.quantity === 'count' && row.count ? likely(row.count) : '';

/** "北部 9 辆（可能为 7–11）". */
const each = (row: PlaceRow, result: PlacesResult, setting: Setting): Phrase =>
  say`${at(row, setting)} ${amountIn(row, result)}${brackets(noteOf(row, result))}`;

/** "汽车的数量", "最大的建筑物的面积". */
function whatOf(result: PlacesResult, setting: Setting): string {
  const { quantity } = result;
  if (quantity === 'count') return `${namesOf(result, setting)}的数量`;
  const isSum = quantity === 'area' || quantity === 'length' || quantity === 'perimeter';
  const { order } = setting.plan;
  const name = isSum && !order ? `总${quantityNames[quantity]}` : quantityNames[quantity];
  return `${isSum && order ? orderText(order) : ''}${namesOf(result, setting)}的${name}`;
}

function compared(result: PlacesResult, setting: Setting): Phrase {
  const { rows, asked, first, isSure, probability, ratio, quantity } = result;
  const isCount = quantity === 'count';
  const isMost = asked === 'most';
  const value = (row: PlaceRow) => row.amount!.value;
  const inOrder = [...rows].sort((a, b) => (isMost ? value(b) - value(a) : value(a) - value(b)));
  const names = namesOf(result, setting);
  if (rows.every((row) => value(row) === 0)) return say`${texts(rows.map((row) => at(row, setting)))}都没有${names}。`;
  const listOf = (some: readonly PlaceRow[]) =>
    list(
      some.map((row) => each(row, result, setting)),
      '、',
      '和',
    );
  const what = whatOf(result, setting);
  const degree = isCount ? (isMost ? '多' : '少') : isMost ? '大' : '小';
  if (!isSure) {
    const isClose = probability !== null && probability < 0.8;
    const where = rows.length === 2 ? `更${degree}` : `最${degree}`;
    return say`${isClose ? '' : '没有看完全部区域，'}难以判断哪里的${isCount ? names : what}${where}：${listOf(inOrder)}。`;
  }
  if (first === null) {
    return rows.length === 2
      ? say`${texts(rows.map((row) => at(row, setting)))}的${isCount ? `${names}一样多` : `${what}大致相同`}：${listOf(rows)}。`
      : say`没有哪一处的${isCount ? names : what}单独最${degree}：${listOf(inOrder)}。`;
  }
  const [top, ...rest] = inOrder;
  if (rows.length > 2)
    return say`${at(top!, setting)}的${isCount ? names : what}最${degree}：${listOf([top!])}；其次是${listOf(rest)}。`;
  const times = isMost && ratio !== null && ratio < 1000 ? `，前者是后者的 ${Number(ratio.toPrecision(2))} 倍` : '';
  return say`${at(top!, setting)}的${isCount ? names : what}比${at(rest[0]!, setting)}${degree}：${listOf(inOrder)}${times}。`;
}

/** One place after the other, without saying which has more. */
function listed(result: PlacesResult, setting: Setting): Phrase {
  const { rows, quantity } = result;
  const names = namesOf(result, setting);
  if (quantity !== 'count') {
    const some = rows.filter(({ amount }) => amount !== null);
    const none = rows.filter(({ amount }) => amount === null).map((row) => at(row, setting));
    const nothing = none.length > 0 ? `${texts(none)}没有可测量的目标` : '';
    if (some.length === 0) return say`${nothing}。`;
    const all = list(
      some.map((row) => each(row, result, setting)),
      '、',
      '和',
    );
    return say`${whatOf(result, setting)}：${all}${nothing === '' ? '' : `；${nothing}`}。`;
  }
  const parts = rows.map((row) =>
    (row.count?.count ?? 0) === 0
      ? say`${at(row, setting)}没有${names}`
      : say`${at(row, setting)}有 ${amountIn(row, result)}${names}${brackets(noteOf(row, result))}`,
  );
  return say`${list(parts, '，', '，')}。`;
}

/** What the places leave out, and what counts in more than one. */
function apart({ elsewhere, sharedIds }: PlacesResult): Phrase[] {
  const said: Phrase[] = [];
  if (elsewhere > 0) said.push(say`另有 ${whole(elsewhere)} 个不在这些区域内。`);
  if (sharedIds.length > 0)
    said.push(say`${linked(`${whole(sharedIds.length)} 个`, sharedIds)}同时在多个区域内，分别计入。`);
  return said;
}
