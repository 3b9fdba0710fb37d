import type { Amount, CountRow, ExistsRow, MeasureResult, ThingAmount } from '../../result.ts';
import type { Interval } from '../../run/chances.ts';
import { relativesIn } from '../../terms/where.ts';
import { threeDigits, whole } from '../numbers.ts';
import { linked, list, type Phrase, say } from '../phrase.ts';
import type { Setting, Words } from '../words.ts';
import { ground, groundMeasured } from './cover.ts';
import { cannot, caveat, known, leftOut, planned, unknown } from './ends.ts';
import { extreme, reference } from './extreme.ts';
import { places } from './places.ts';
import {
  amountText,
  anchorName,
  brackets,
  chance,
  filterOf,
  howLikely,
  likely,
  limitText,
  measuredFrom,
  measureOf,
  nameOf,
  numbered,
  orderText,
  percent,
  placedIn,
  quantityNames,
  spaced,
  texts,
  whereText,
} from './terms.ts';

/** Below this an answer states how certain it is. */
const SURE = 0.8;

const at = ({ plan, result }: Setting) => whereText(plan, result);
const filtered = ({ plan }: Setting) => filterOf(plan.filter);
const both = (parts: readonly (string | Phrase)[]) => list(parts, '、', '和');

/** "14 辆汽车", linked; with the filter between number and name; "1 辆疑似汽车". */
function things({ subject, count, isEstimate, ids, isDoubtful }: CountRow, filter: string): Phrase {
  const number = `${isEstimate && count > 0 ? '约 ' : ''}${whole(count)} ${measureOf(subject)}`;
  return linked(`${number}${isDoubtful ? '疑似' : ''}${filter}${nameOf(subject)}`, ids);
}

const after = (text: string) => (text === '' ? '' : `，${text}`);

function found(rows: readonly CountRow[], setting: Setting): Phrase {
  const some = rows.filter(({ count }) => count > 0);
  const none = rows.filter(({ count }) => count === 0).map(({ subject }) => nameOf(subject));
  if (some.length === 0) return say`${at(setting)}没有找到${filtered(setting)}${none.join('或')}。`;
  const rest = none.length > 0 ? `，没有找到${none.join('或')}` : '';
  const [only] = some;
  if (some.length === 1)
    return say`${at(setting)}找到 ${things(only!, filtered(setting))}${after(likely(only!))}${rest}。`;
  return say`${at(setting)}找到 ${both(some.map((row) => say`${things(row, filtered(setting))}${brackets(likely(row))}`))}${rest}。`;
}

const counted: Words['counted'] = (rows, total, setting) => {
  const filter = filtered(setting);
  const [only] = rows;
  if (only && rows.length === 1) {
    if (only.count === 0) return say`${at(setting)}没有${filter}${nameOf(only.subject)}${after(likely(only))}。`;
    return say`${at(setting)}有 ${things(only, filter)}${after(likely(only))}。`;
  }
  const counts = both(rows.map((row) => say`${things(row, filter)}${brackets(likely(row))}`));
  const sum = total
    ? say`，共 ${total.isEstimate ? '约 ' : ''}${linked(whole(total.count), total.ids)}${brackets(likely(total))}`
    : '';
  return say`${at(setting)}有 ${counts}${sum}。`;
};

function exists(row: ExistsRow, setting: Setting): Phrase {
  const { subject, count, verdict, needed, probability } = row;
  const [place, filter, name] = [at(setting), filtered(setting), nameOf(subject)];
  if (needed && count) {
    const limit = limitText(needed.is, whole(needed.value));
    const there = count.count === 0 ? say`${place}没有${filter}${name}` : say`${place}有 ${things(count, filter)}`;
    if (verdict === 'unsure') return say`难以判断是否${limit}：${there}${after(likely(count))}。`;
    return say`${verdict === 'yes' ? '是的，' : '不，没有'}${limit}：${there}${after(likely(count))}。`;
  }
  const certain = probability !== null && probability < SURE ? `（把握 ${chance(probability)}）` : '';
  const isLikely = probability !== null && probability >= 0.5;
  const odds = probability === null ? '' : `（存在的概率 ${chance(probability)}）`;
  const shown = row.tiles && row.tiles.of > 1 ? `，${row.tiles.of} 个图块中有 ${row.tiles.yes} 个可见` : '';
  if (verdict === 'no') return say`${place === '' ? '' : `没有，${place}`}没有${filter}${name}。`;
  if (count && count.count > 0) {
    // What other evidence vouches for isn't doubtful any more.
    if (verdict === 'yes')
      return say`${place === '' ? '' : `有，${place}`}有 ${things({ ...count, isDoubtful: false }, filter)}${after(likely(count))}。`;
    const possible = linked(`${whole(count.count)} ${measureOf(subject)}疑似${filter}${name}`, count.ids);
    return say`${isLikely ? '可能有' : '可能没有'}：${place}找到 ${possible}${odds}。`;
  }
  if (verdict === 'yes')
    return say`${place === '' ? '' : `有，${place}`}有${filter}${name}${row.by === 'presence' ? shown : ''}${certain}。`;
  if (row.by !== 'things' && probability !== null && probability >= 0.25) {
    return say`${place}可能${isLikely ? '有' : '没有'}${filter}${name}${odds}${count && isLikely ? '，但无法勾出' : ''}。`;
  }
  return say`${place}没有找到${filter}${name}，但不能确定。`;
}

const compared: Words['compared'] = ({ quantity, rows, most, ratio, probability }, setting) => {
  const place = at(setting);
  const inOrder = [...rows].sort((a, b) => b.amount.value - a.amount.value);
  const [first, second] = [inOrder[0]!, inOrder[1]!];
  const value = ({ subject, amount, count, ids }: typeof first) =>
    count
      ? say`${linked(numbered(subject, count.count, count.isEstimate), ids)}${brackets(likely(count))}`
      : linked(`${nameOf(subject)} ${amountText(amount)}`, ids);
  const unsure = probability !== null && probability < SURE ? `，但不确定（把握 ${chance(probability)}）` : '';
  const times =
    ratio !== null && ratio < 1000 && rows.length === 2 ? `，前者是后者的 ${Number(ratio.toPrecision(2))} 倍` : '';
  const what = quantity === 'count' ? '数量' : quantityNames[quantity];
  if (first.amount.value === 0) return say`${place}${texts(rows.map(({ subject }) => nameOf(subject)))}都没有。`;
  if (most === null)
    return say`${place}${nameOf(first.subject)}和${nameOf(second.subject)}的${what}相同：${both(rows.map(value))}。`;
  const others = texts(inOrder.slice(1).map(({ subject }) => nameOf(subject)));
  const more = quantity === 'count' ? '更多' : `的${what}更大`;
  return say`${place}${nameOf(first.subject)}比${others}${more}：${both(inOrder.map(value))}${times}${unsure}。`;
};

/** "建筑物", "最大的建筑物", "5 栋建筑物", linked. */
function subjectOfMeasure({ subjects, each, count, ids }: MeasureResult, setting: Setting): Phrase {
  const number = count ?? each.length;
  const order = setting.plan.order && setting.plan.order.by !== 'distance' ? orderText(setting.plan.order) : '';
  const names = texts(subjects.map(nameOf));
  const counts = number > 1 ? `${whole(number)} ${subjects.length === 1 ? measureOf(subjects[0]!) : '个'}` : '';
  return linked(`${order}${counts}${filtered(setting)}${names}`, ids);
}

function measured(result: MeasureResult, setting: Setting): Phrase {
  const { quantity, amount, each, subjects, parts, interval, count } = result;
  const place = at(setting);
  const about = subjectOfMeasure(result, setting);
  const names = `${filtered(setting)}${texts(subjects.map(nameOf))}`;
  const many = each.length > 1;
  const size = amount ? amountText(amount) : '';
  const between = interval && amount ? likelyAmounts(interval, amount) : '';
  switch (quantity) {
    case 'area':
    case 'length':
    case 'perimeter': {
      const what = quantityNames[quantity];
      if (!many) return say`${place}${about}的${what}为 ${size}。`;
      const sum = quantity === 'perimeter' ? '' : `，合计 ${sumOf(each)}`;
      return say`${place}${about}的${what}为 ${span(each)}${sum}。`;
    }
    case 'average area':
      return say`${place}${about}的平均面积为 ${size}。`;
    case 'total area':
      if (count === null) return groundMeasured(result, setting);
      if (count === 0) return say`${place}没有${names}。`;
      return say`${place}${about}的总面积为 ${size}${between}。`;
    case 'share': {
      if (count === null) return groundMeasured(result, setting);
      const of = parts ? `（${amountText(parts.whole)}中的 ${amountText(parts.part)}）` : '';
      return say`${place}${linked(names, result.ids)}占地面的 ${size}${of}${between}。`;
    }
    case 'density': {
      const isPixels = amount!.unit === 'per Mpx';
      const measure = subjects.length === 1 ? measureOf(subjects[0]!) : '个';
      const perHa = isPixels ? '' : `（每公顷 ${threeDigits(amount!.value / 100)}）`;
      const isEstimate = result.ids.length === 0;
      const of =
        parts && subjects.length === 1
          ? say`：${amountText(parts.whole)}内有 ${linked(numbered(subjects[0]!, parts.part.value, isEstimate), result.ids)}`
          : '';
      const range =
        interval && interval.low < interval.high
          ? `，可能为 ${threeDigits(interval.low)}–${threeDigits(interval.high)}`
          : '';
      return say`${place}${names}的密度为${isPixels ? '每百万像素' : '每平方公里'} ${size} ${measure}${perHa}${of}${range}。`;
    }
    case 'distance':
      return distance(result, setting);
    case 'spacing':
      return say`${place}${about}的平均间距为 ${size}（中心到最近的中心）。`;
  }
}

const span = (each: readonly ThingAmount[]) =>
  `${amountText(each[each.length - 1]!.amount!)}至 ${amountText(each[0]!.amount!)}`;

const sumOf = (each: readonly ThingAmount[]) =>
  amountText({ value: each.reduce((sum, { amount }) => sum + amount!.value, 0), unit: each[0]!.amount!.unit });

function likelyAmounts(interval: Interval, { value, unit }: Amount): string {
  const [from, to] = [amountText({ value: interval.low, unit }), amountText({ value: interval.high, unit })];
  return from === to ? '' : `，${howLikely(value, interval)}${from}至 ${to}`;
}

function distance({ each, subjects, count, ids }: MeasureResult, setting: Setting): Phrase {
  const [first, last] = [each[0]!, each[each.length - 1]!];
  const [from, to] = [amountText(first.amount!), amountText(last.amount!)];
  const subject = subjects[0]!;
  const measure = measureOf(subject);
  const pair = ({ id, anchor }: ThingAmount) => [id, ...(anchor?.id ? [anchor.id] : [])];
  const place = at(setting);
  const { order, where } = setting.plan;
  const plainOrder = order && order.by !== 'distance' ? orderText(order) : '';
  if (first.anchor?.subject === subject && order?.by !== 'distance' && relativesIn(where).length === 0) {
    if (count === 2)
      return say`${place}${linked(`${plainOrder}2 ${measure}${nameOf(subject)}`, ids)}相距 ${from}（边到边）。`;
    const farthest = each.length > 1 ? say`，${linked(`最远的两${measure}`, pair(last))}相距 ${to}` : '';
    return say`${place}${plainOrder}${numbered(subject, count!)}中，${linked(`最近的两${measure}`, pair(first))}相距 ${from}${farthest}（边到边）。`;
  }
  const near = where?.kind === 'near' || where?.kind === 'along' ? where : null;
  const anchor =
    order?.by === 'distance'
      ? measuredFrom(order)
      : near?.chosen
        ? anchorName(near)
        : nameOf(first.anchor?.subject ?? '');
  if (each.length === 1)
    return say`${place}${linked(`${plainOrder}${nameOf(subject)}`, pair(first))}距${anchor} ${from}（边到边）。`;
  return say`${place}${numbered(subject, each.length)}中，${linked('最近的', pair(first))}距${anchor} ${from}，${linked('最远的', pair(last))} ${to}（边到边）。`;
}

const described: Words['described'] = ({ scenes, rows, cover, present }, setting) => {
  const place = at(setting);
  const sentences: Phrase[] = [];
  const sceneName = ({ label, labelZh }: { label: string; labelZh: string | null }) => labelZh ?? label;
  const [scene, ...others] = scenes;
  if (scene && others.length === 0)
    sentences.push(say`${place}看起来是${sceneName(scene)}（把握 ${chance(scene.probability)}）。`);
  else if (scene) {
    const rest = others
      .filter(({ share }) => share >= 0.05)
      .slice(0, 3)
      .map((each) => `${sceneName(each)}（${percent(each.share)}）`);
    sentences.push(
      say`${place}大部分像${sceneName(scene)}（${percent(scene.share)}）${rest.length > 0 ? `，其次是${texts(rest)}` : ''}。`,
    );
  }
  if (rows.length > 0) {
    const each = rows.map(
      (row) =>
        say`${things(row, '')}${brackets([likely(row), row.place ? placedIn(row.place) : ''].filter((part) => part !== '').join('，'))}`,
    );
    sentences.push(say`${sentences.length === 0 ? place : ''}有 ${both(each)}。`);
  }
  if (cover.length > 0)
    sentences.push(
      say`地面占比：${texts(cover.map(({ subject, share }) => `${nameOf(subject)} ${percent(share)}`))}。`,
    );
  if (present.length > 0) sentences.push(say`另外还有${texts(present.map(nameOf))}。`);
  return sentences;
};

/** A scene is claimed from this probability on, and denied below the opposite one. */
const SURE_SCENE = 0.7;

const classified: Words['classified'] = ({ isOffered, scenes, likeliest, tiles }, setting) => {
  const place = at(setting);
  const [first, ...others] = scenes;
  const isOne = isOffered && setting.plan.subjects.length === 1;
  const instead = likeliest
    ? say`最像${likeliest.labelZh ?? likeliest.label}（把握 ${chance(likeliest.probability)}）。`
    : [];
  if (!first) return say`${isOne ? '这' : '这些都'}不是我认识的场景。${instead}`;
  if (isOne) {
    const certain = `（把握 ${chance(first.probability)}）`;
    if (first.probability >= SURE_SCENE) return say`是的，${place}看起来是${nameOf(first.label)}${certain}。`;
    if (first.probability > 1 - SURE_SCENE) return say`${place}可能是${nameOf(first.label)}${certain}。`;
    return say`不，${place}看起来不是${nameOf(first.label)}。${instead}`;
  }
  const name = (scene: typeof first) => (isOffered ? nameOf(scene.label) : (scene.labelZh ?? scene.label));
  if (isOffered) return say`其中${place}最像${name(first)}（把握 ${chance(first.probability)}）。`;
  if (tiles === 1) return say`${place}最像${name(first)}（把握 ${chance(first.probability)}）。`;
  const rest = others
    .filter(({ share }) => share >= 0.05)
    .slice(0, 3)
    .map((each) => `${name(each)}（${percent(each.share)}）`);
  return say`${place}大部分是${name(first)}（占地面的 ${percent(first.share)}）${rest.length > 0 ? `，其次是${texts(rest)}` : ''}。`;
};

export const chinese: Words = {
  finish: spaced,
  gap: '',
  amount: amountText,
  found,
  counted,
  exists,
  compared,
  places,
  extreme,
  measured,
  ground,
  described,
  classified,
  cannot,
  unknown,
  known,
  reference,
  caveat,
  leftOut,
  planned,
  unsure: '我不确定您的意思，是下面哪一个？',
  two: '这是两个问题，我一次回答一个。先回答哪一个？',
};
