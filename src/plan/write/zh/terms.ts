import type { ReadPlan } from '../../plan.ts';
import type { Amount, Concentration, CountRow, Result } from '../../result.ts';
import type { Interval } from '../../run/chances.ts';
import { wordsFor } from '../../subjects.ts';
import type { Anchor } from '../../terms/anchor.ts';
import type { Condition } from '../../terms/filter.ts';
import { CENTRE, type DistanceOrder, MARKED, type Order } from '../../terms/order.ts';
import type { Corner, Direction, Side } from '../../terms/part.ts';
import type { Quantity } from '../../terms/quantity.ts';
import type { Where } from '../../terms/where.ts';
import { perHundred, stated, threeDigits, twoDecimals, whole } from '../numbers.ts';
import type { Phrase } from '../phrase.ts';

/** Numbers, units, names and places in Chinese. */

/** One space between Chinese and figures, as in "有 14 辆汽车"; at the border of a link it stands outside. */
export function spaced(phrase: Phrase): Phrase {
  const runs = phrase
    .filter(({ text }) => text.trim() !== '')
    .map((run) => ({ ...run, text: spacedText(run.text.trim()) }));
  runs.forEach((run, i) => {
    const next = runs[i + 1];
    if (!next || !isBorder(run.text.slice(-1) + next.text.slice(0, 1))) return;
    if (run.thingIds.length === 0) run.text += ' ';
    else next.text = ` ${next.text}`;
  });
  return runs;
}

const spacedText = (text: string) =>
  text.replace(/(?<=\p{Script=Han}) *(?=\d)/gu, ' ').replace(/(?<=\d) *(?=\p{Script=Han})/gu, ' ');

const isBorder = (pair: string) => /^(\p{Script=Han}\d|\d\p{Script=Han})$/u.test(pair);

export const percent = (share: number): string => `${perHundred(share)}%`;
export const chance = (probability: number): string => percent(stated(probability));

export function amountText({ value, unit }: Amount): string {
  switch (unit) {
    case 'm2':
      if (value >= 1e6) return `${threeDigits(value / 1e6)} 平方公里`;
      return value >= 1e4 ? `${threeDigits(value / 1e4)} 公顷` : `${threeDigits(value)} 平方米`;
    case 'm':
      return value >= 1000 ? `${threeDigits(value / 1000)} 公里` : `${threeDigits(value)} 米`;
    case 'px2':
      return `${threeDigits(value)} 平方像素`;
    case 'px':
      return `${threeDigits(value)} 像素`;
    case 'share':
      return percent(value);
    case 'per km2':
    case 'per Mpx':
      return threeDigits(value);
    case 'score':
      return twoDecimals(value);
    case 'count':
      return whole(value);
    case 'degree':
      return `${twoDecimals(value)}°`;
  }
}

export const nameOf = (subject: string): string => wordsFor(subject).zh;
export const measureOf = (subject: string): string => wordsFor(subject).measure;

/** "14 辆汽车", "约 240 棵树". */
export function numbered(subject: string, count: number, isEstimate = false): string {
  return `${isEstimate && count > 0 ? '约 ' : ''}${whole(count)} ${measureOf(subject)}${nameOf(subject)}`;
}

const range = ({ low, high }: Interval) => (low === high ? whole(low) : `${whole(low)}–${whole(high)}`);

export function likely({ count, interval }: Pick<CountRow, 'count' | 'interval'>): string {
  if (!interval || (interval.low === count && interval.high === count)) return '';
  return `${howLikely(count, interval)}${range(interval)}`;
}

/** The words before a range, which may not hold the value that was said. */
export const howLikely = (value: number, { low, high }: Interval) =>
  low > value ? '可能更多：' : `${high < value ? '可能只有' : '可能为'} `;

/** "甲、乙和丙". */
export const texts = (parts: readonly string[]) =>
  parts.length > 1 ? `${parts.slice(0, -1).join('、')}和${parts.at(-1)}` : (parts[0] ?? '');

export const brackets = (text: string) => (text === '' ? '' : `（${text}）`);

/** What a place is named by: "码头", "最大的建筑物", "最大的 3 栋建筑物", "面积超过 200 平方米的建筑物". */
export function anchorName({ subject, chosen }: Anchor): string {
  if (!chosen) return nameOf(subject);
  const top = chosen.filter.find((condition) => condition.kind === 'top')?.n;
  const number = top ? ` ${top} ${measureOf(subject)}` : '';
  return `${chosen.order ? orderText(chosen.order) : ''}${number}${filterOf(chosen.filter)}${nameOf(subject)}`;
}

const sideNames: Record<Side, string> = { left: '左', right: '右', top: '上', bottom: '下' };
const directionNames: Record<Direction, string> = {
  north: '北',
  northeast: '东北',
  east: '东',
  southeast: '东南',
  south: '南',
  southwest: '西南',
  west: '西',
  northwest: '西北',
};
const cornerNames: Record<Corner, string> = {
  'top left': '左上',
  'top right': '右上',
  'bottom left': '左下',
  'bottom right': '右下',
};

/** "左半部分", as it stands before the rest of a sentence; empty for the whole scene. */
export function placeOf(
  where: Where | null,
  regionKind: Result['regionKind'],
  filter: readonly Condition[],
  within: Amount | null,
): string {
  if (where === null) return { scene: '', view: '视图中', drawn: '区域中' }[regionKind];
  switch (where.kind) {
    case 'half':
      return `${sideNames[where.side]}半部分`;
    case 'third': {
      if (where.side === 'middle') return '中间三分之一';
      const name = where.side in sideNames ? sideNames[where.side as Side] : directionNames[where.side as Direction];
      return `${name}侧三分之一`;
    }
    case 'quadrant':
      return `${cornerNames[where.corner]}四分之一`;
    case 'compass':
      return `${directionNames[where.direction]}部`;
    case 'centre':
      return '中央';
    case 'edges':
      return '边缘';
    case 'marked':
      return '标记区域内';
    case 'layer':
      return `${where.name}的多边形内`;
    case 'inside':
      return `${anchorName(where)}范围内`;
    case 'several':
      return texts(where.places.map((place) => placeOf(place, regionKind, filter, within)));
    default: {
      const limit = filter.find((condition) => condition.kind === 'distance');
      if (limit) return `距${anchorName(where)}${limitText(limit.is, `${limit.value} ${unitText(limit.unit)}`)}处`;
      const reach = within ? `（${amountText(within)}以内）` : '';
      return `${anchorName(where)}${where.kind === 'along' ? '沿线' : '附近'}${reach}`;
    }
  }
}

const units: Record<string, string> = {
  m2: '平方米',
  ha: '公顷',
  km2: '平方公里',
  ft2: '平方英尺',
  acre: '英亩',
  mi2: '平方英里',
  px2: '平方像素',
  m: '米',
  km: '公里',
  ft: '英尺',
  yd: '码',
  mi: '英里',
  px: '像素',
};
const unitText = (unit: string) => units[unit] ?? unit;

export function limitText(is: Extract<Condition, { kind: 'count' }>['is'], value: string): string {
  return {
    '>': `超过 ${value}`,
    '>=': `至少 ${value}`,
    '<': `不到 ${value}`,
    '<=': `至多 ${value}`,
    '=': `正好 ${value}`,
  }[is];
}

/** "面积超过 200 平方米的", as it stands before a name; empty without a filter on things. */
export function filterOf(filter: readonly Condition[]): string {
  const parts = filter.map((condition) => {
    switch (condition.kind) {
      case 'area':
      case 'length': {
        const value = `${condition.value} ${unitText(condition.unit)}`;
        return `${condition.kind === 'area' ? '面积' : '长度'}${limitText(condition.is, value)}`;
      }
      case 'score':
        return `得分${limitText(condition.is, String(condition.value))}`;
      default:
        return '';
    }
  });
  const some = parts.filter((part) => part !== '');
  return some.length > 0 ? `${some.join('、')}的` : '';
}

export function whereText(plan: ReadPlan, result: Pick<Result, 'regionKind' | 'caveats'>): string {
  const within = result.caveats.find((caveat) => caveat.kind === 'within')?.amount ?? null;
  return placeOf(plan.where, result.regionKind, plan.filter, within);
}

/** "最大的", "最北的", "离跑道最近的". */
export function orderText(order: Order): string {
  switch (order.by) {
    case 'area':
      return order.first === 'most' ? '最大的' : '最小的';
    case 'length':
      return order.first === 'most' ? '最长的' : '最短的';
    case 'score':
      return order.first === 'most' ? '最可信的' : '最不可信的';
    case 'direction':
      return `最${directionNames[order.direction]}的`;
    case 'side':
      return `最${sideNames[order.side]}边的`;
    case 'distance':
      return `离${measuredFrom(order)}最${order.first === 'nearest' ? '近' : '远'}的`;
  }
}

/** What an order measures from. */
export function measuredFrom({ to, chosen }: Pick<DistanceOrder, 'to' | 'chosen'>): string {
  if (to === CENTRE) return '中心';
  return to === MARKED ? '标记区域' : anchorName({ subject: to, ...(chosen && { chosen }) });
}

export const quantityNames: Record<Quantity, string> = {
  area: '面积',
  length: '长度',
  distance: '距离',
  share: '占比',
  density: '密度',
  'average area': '平均面积',
  'total area': '总面积',
  perimeter: '周长',
  spacing: '间距',
};

export const lonLatText = ([lonDeg, latDeg]: readonly [number, number]): string =>
  `${latDeg < 0 ? '南纬' : '北纬'} ${Math.abs(latDeg).toFixed(5)}°，${lonDeg < 0 ? '西经' : '东经'} ${Math.abs(lonDeg).toFixed(5)}°`;

/** "大多在北部", of what is concentrated there. */
export function placedIn(place: Concentration): string {
  const most = place.share >= 0.995 ? '都' : '大多';
  if (place.kind === 'centre') return `${most}在中央`;
  const names: Record<string, string> = { ...directionNames, ...cornerNames, ...sideNames } satisfies Record<
    Direction | Corner | Side,
    string
  >;
  return `${most}在${names[place.direction ?? ''] ?? ''}部`;
}
