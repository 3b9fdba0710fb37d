import type { Caveat, CoverResult, CoverRow, MeasureResult } from '../../result.ts';
import type { Interval } from '../../run/chances.ts';
import { twoDecimals } from '../numbers.ts';
import { type Phrase, say } from '../phrase.ts';
import type { Setting } from '../words.ts';
import { amountText, brackets, nameOf, percent, placedIn, texts, whereText } from './terms.ts';

/** What the ground is, from the land cover, in Chinese. */

const nameIn = ({ label, labelZh }: Pick<CoverRow, 'label' | 'labelZh'>) => labelZh ?? label;
const rangeOf = (from: string, to: string) => (from === to ? '' : `${from} 至 ${to}`);

/** "（按地图的常见误差为 7% 至 21%）"; empty if that says nothing. */
function range({ low, high }: Interval, write: (value: number) => string, { result }: Setting): string {
  const text = rangeOf(write(low), write(high));
  const isMeasured = result.caveats.some((caveat) => caveat.kind === 'by-cover' && caveat.iou !== null);
  return text === '' ? '' : brackets(`按地图${isMeasured ? '的常见误差' : '自身的把握'}为 ${text}`);
}

export function groundMeasured(
  { quantity, amount, subjects, parts, interval }: MeasureResult,
  setting: Setting,
): Phrase {
  const at = whereText(setting.plan, setting.result);
  const names = texts(subjects.map(nameOf));
  const { value, unit } = amount!;
  const amountOf = (each: number) => amountText({ value: each, unit });
  if (value === 0) {
    const most = interval && amountOf(interval.high) !== amountOf(0) ? brackets(`至多 ${amountOf(interval.high)}`) : '';
    return say`${at}没有找到${names}${most}。`;
  }
  const from = interval ? range(interval, amountOf, setting) : '';
  if (quantity === 'total area') return say`${at}${names}的总面积为 ${amountOf(value)}${from}。`;
  const of = parts ? `：${amountText(parts.whole)}中的 ${amountText(parts.part)}` : '';
  return say`${at}${names}占地面的 ${amountOf(value)}${from}${of}。`;
}

export function ground({ asked, rows, isSure }: CoverResult, setting: Setting): Phrase[] {
  const at = whereText(setting.plan, setting.result);
  const some = rows.filter(({ share }) => share > 0);
  const none = rows.filter(({ share }) => share === 0);
  if (asked === 'where') {
    const shown = some.map((row) => {
      const { share, amount, interval, place } = row;
      const from = interval ? range(interval, (value) => amountText({ ...amount, value }), setting) : '';
      return `${nameIn(row)}占地面的 ${percent(share)}，${amountText(amount)}${from}${place ? `，${placedIn(place)}` : ''}`;
    });
    return [
      ...(some.length > 0 ? [say`地图上显示了${at}：${shown.join('；')}。`] : []),
      ...(none.length > 0 ? [say`${at}没有找到${texts(none.map(nameIn))}。`] : []),
    ];
  }
  const named = (row: CoverRow) => `${nameIn(row)} ${percent(row.share)}（${amountText(row.amount)}）`;
  if (asked === 'classes') return [say`${at}土地覆盖：${some.map(named).join('、')}。`];
  const [first, ...others] = some;
  if (!first) return [];
  const then = others.length > 0 ? `，其次是${others.map(named).join('、')}` : '';
  const unsure = isSure ? [] : [say`前两类谁的面积更${asked === 'most' ? '大' : '小'}并不确定。`];
  return [
    say`${at}面积最${asked === 'most' ? '大' : '小'}的土地覆盖类别是${nameIn(first)}，占 ${percent(first.share)}（${amountText(first.amount)}）${then}。`,
    ...unsure,
  ];
}

export function groundCaveat(what: Extract<Caveat, { kind: 'by-cover' | 'wider-class' | 'only-area' }>): Phrase {
  switch (what.kind) {
    case 'by-cover': {
      const right = what.iou === null ? '准确度未经测定' : `在保留图像上的 IoU 为 ${twoDecimals(what.iou)}`;
      return say`依据像元为 ${amountText(what.cell)} 的土地覆盖，${right}。`;
    }
    case 'wider-class':
      return say`其中${nameOf(what.subject)}不是单独的类别，而是${texts(what.classes.map(nameIn))}的一部分。`;
    case 'only-area':
      return say`我无法统计${nameOf(what.subject)}的个数，只能测量其占地面积。`;
  }
}
