import type { ReadPlan } from '../../plan.ts';
import type { Caveat, LeftOut, Reason, TileShare } from '../../result.ts';
import { LAND_COVER } from '../../subjects.ts';
import { relativesIn } from '../../terms/where.ts';
import { whole } from '../numbers.ts';
import { linked, type Phrase, say } from '../phrase.ts';
import type { Setting } from '../words.ts';
import { groundCaveat } from './cover.ts';
import {
  filterOf,
  limitText,
  measureOf,
  nameOf,
  numbered,
  orderText,
  percent,
  placeOf,
  quantityNames,
  whereText,
} from './terms.ts';

/** What can't be told, what was left out, and plans, in Chinese. */

/** More names than these aren't listed. */
const MOST_KNOWN = 12;

const names = (subjects: readonly string[], last: '和' | '或') => {
  const all = subjects.map(nameOf);
  return all.length > 1 ? `${all.slice(0, -1).join('、')}${last}${all.at(-1)}` : (all[0] ?? '');
};

export function known(subjects: readonly string[]): Phrase {
  if (subjects.length === 0) return [];
  const more = subjects.length > MOST_KNOWN ? `等 ${subjects.length} 类` : '';
  return say`我认识${subjects.slice(0, MOST_KNOWN).map(nameOf).join('、')}${more}。`;
}

export function unknown(subjects: readonly string[], offers: readonly string[]): Phrase {
  const offer = offers.length > 0 ? `我认识${names(offers, '和')}，要改为查找吗？` : '';
  return say`我没有“${names(subjects, '或')}”这一类别。${offer}`;
}

export function cannot(reason: Reason, { plan, result }: Setting): Phrase {
  const at = whereText(plan, result);
  switch (reason.reason) {
    case 'unknown-subject':
      return unknown(result.unknown, result.offers);
    case 'unknown-anchor':
      return say`我没有“${nameOf(reason.anchor)}”这一类别，无法判断什么在${relationText(plan, reason.anchor)}。`;
    case 'none-found':
      return reason.subjects.length === 0
        ? say`${at}没有找到我认识的目标。`
        : say`${at}没有找到${filterOf(plan.filter)}${names(reason.subjects, '或')}。`;
    case 'no-anchor':
      return say`没有找到${filterOf(reason.chosen?.filter ?? [])}${nameOf(reason.anchor)}，所以没有什么在${relationText(plan, reason.anchor)}。`;
    case 'not-looked':
      return notLooked(result.leftOut);
    case 'no-places': {
      const { count, subject } = reason;
      const estimate = count
        ? `（${count.count === 0 ? '没有' : numbered(subject, count.count, count.isEstimate)}）`
        : '';
      return say`我只能估计${nameOf(subject)}的数量${estimate}，无法知道每一个的位置和大小。`;
    }
    case 'no-count':
      return noCount(reason.subject, reason.tiles);
    case 'no-scale':
      return say`图像没有比例尺，无法以米计量。请以像素提问，或选择坐标系。`;
    case 'no-scores':
      return say`这里的${nameOf(reason.subject)}没有得分。`;
    case 'too-few':
      return say`${at}只找到 ${linked(numbered(reason.subjects[0]!, reason.ids.length), reason.ids)}，没有其他可比较的。`;
    case 'no-layer':
      return say`这幅图像上没有含多边形的矢量图层“${reason.layer}”。请添加图层，或画出区域。`;
    case 'layer-overlaps':
      return say`${reason.layer} 的多边形有重叠，其中的内容会被重复计算。请先融合这些多边形。`;
    case 'nothing-marked':
      return say`图上没有标记区域。请先画出区域再提问。`;
    case 'no-area':
      return say`某物附近没有确定的面积，无法计算占比或密度。请询问数量，或画出区域。`;
    case 'incomplete':
      return say`${{ subject: '我没有明白要查找什么。', 'second subject': '我没有明白要与什么比较。', anchor: '我没有明白要从哪里量距离。' }[reason.part]}`;
    case 'attribute': {
      const of = reason.subjects.length > 0 ? names(reason.subjects, '和') : '目标';
      return say`我无法判断${of}的颜色、型号、年代或活动等属性，但可以查找、计数和测量。`;
    }
    case 'outside':
      return say`从这样的图像无法得知。我可以查找、计数、测量和比较图中可见的目标。`;
    case 'help':
      return say`我可以查找、计数、测量和比较图中的目标，说明它们的位置，并描述场景，例如“左半部分有多少辆汽车？”“哪栋建筑物最大？”。`;
  }
}

function relationText(plan: ReadPlan, anchor: string): string {
  const where = relativesIn(plan.where).find(({ subject }) => subject === anchor);
  if (where?.kind === 'near') return `${nameOf(anchor)}附近`;
  if (where?.kind === 'along') return `${nameOf(anchor)}沿线`;
  if (where?.kind === 'inside') return `${nameOf(anchor)}范围内`;
  return `离${nameOf(anchor)}最近的地方`;
}

function notLooked({ failedTiles, emptyTiles, tiles }: LeftOut): Phrase {
  if (tiles > 0 && emptyTiles === tiles) return say`这里没有可看的内容：没有有效像素。`;
  if (failedTiles > 0) return say`未能查看任何内容：${whole(tiles)} 个图块中有 ${whole(failedTiles)} 个失败。`;
  return say`尚未查看任何内容。`;
}

function noCount(subject: string, tiles: TileShare | null): Phrase {
  const shown = tiles ? `：${tiles.of} 个图块中有 ${tiles.yes} 个可见` : '';
  return say`我只能判断有没有${nameOf(subject)}，无法知道数量和位置${shown}。`;
}

export function caveat(what: Caveat): Phrase {
  switch (what.kind) {
    case 'north-is-up':
      return say`图像没有地理位置，因此以上方为北。`;
    case 'pixels':
      return say`图像没有比例尺，因此以像素计量。`;
    case 'from-boxes':
      return say`没有轮廓时，按方框计算大小。`;
    case 'spread-evenly':
      return say`只有部分在其中的图块，数量按面积折算。`;
    case 'unboxed':
      return say`只有一部分有方框：按密度估计约有 ${numbered(what.subject, what.estimate)}。`;
    case 'no-count':
      return noCount(what.subject, what.tiles);
    case 'by-cover':
    case 'wider-class':
    case 'only-area':
      return groundCaveat(what);
    // The place says it.
    case 'within':
      return [];
  }
}

export function leftOut(
  { lookedShare, failedTiles, waitingTiles, tiles, cutIds }: LeftOut,
  saysSizes: boolean,
): Phrase[] {
  const sentences: Phrase[] = [];
  if (failedTiles > 0) sentences.push(say`${whole(tiles)} 个图块中有 ${whole(failedTiles)} 个失败，未计入。`);
  if (waitingTiles > 0 && lookedShare < 0.995) sentences.push(say`只查看了其中的 ${percent(lookedShare)}。`);
  if (saysSizes && cutIds.length > 0)
    sentences.push(say`其中 ${linked(`${whole(cutIds.length)} 个`, cutIds)}被边界截断。`);
  return sentences;
}

export function planned(plan: ReadPlan): string {
  const at = plan.where === null ? '' : placeOf(plan.where, 'scene', plan.filter, null);
  const of = at === '' ? '' : `${at}的`;
  const all = `${of}${filterOf(plan.filter)}${names(plan.subjects, '和')}`;
  const ordered = plan.order ? orderText(plan.order) : '';
  const count = plan.filter.find((condition) => condition.kind === 'count');
  const top = plan.filter.find((condition) => condition.kind === 'top');
  const number = top && plan.subjects[0] ? `${whole(top.n)}${measureOf(plan.subjects[0])}` : '';
  const isBetween = plan.quantity === 'spacing' || (plan.quantity === 'distance' && plan.order?.by !== 'distance');
  if (plan.subjects.includes(LAND_COVER)) return `${of}${ordered}土地覆盖${ordered === '' ? '制图' : '类别'}`;
  switch (plan.intent) {
    case 'find':
      return `查找${of}${ordered || (number === '' ? '' : '最可信的')}${number}${filterOf(plan.filter)}${names(plan.subjects, '和')}`;
    case 'count':
      return `统计${all}`;
    case 'exists':
      return count ? `判断${all}是否${limitText(count.is, whole(count.value))}` : `判断有没有${all}`;
    case 'compare':
      if (plan.where?.kind === 'several') return `比较${all}的${plan.quantity ? quantityNames[plan.quantity] : '数量'}`;
      return `比较${all}${plan.quantity ? `的${quantityNames[plan.quantity]}` : ''}`;
    case 'extreme':
      return `查找${of}${ordered || '最大的'}${number}${filterOf(plan.filter)}${names(plan.subjects, '或')}`;
    case 'measure':
      return `测量${of}${ordered}${number}${filterOf(plan.filter)}${names(plan.subjects, '和')}${isBetween ? '之间' : ''}的${quantityNames[plan.quantity ?? 'area']}`;
    case 'attribute':
      return `说明${all}的属性`;
    case 'describe':
      return `描述${at === '' ? '场景' : at}`;
    case 'classify':
      return plan.subjects.length > 0 ? `在${names(plan.subjects, '和')}中选择` : '判断场景类型';
    case 'identify':
      return `说明${at === '' ? '那里' : at}有什么`;
    case 'quality':
      return '检查图像质量';
    case 'change':
      return plan.subjects.length > 0 ? `查找${names(plan.subjects, '和')}的变化` : '查找变化';
    case 'help':
      return '说明可以问什么';
    case 'outside':
      return '图像无法回答的问题';
  }
}
