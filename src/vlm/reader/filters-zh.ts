import { filtersIn } from './filters.ts';

/** Filters of Chinese questions in normal form (simplified, m² as m2). See filters.ts. */

const DIGITS = '零一二三四五六七八九';
const NUMBER = '(\\d+(?:\\.\\d+)?万?|[零一二两三四五六七八九十百千万半]+)';
const AREA_UNITS: readonly [string, string][] = [
  ['平方公里|平方千米|km2', 'km2'],
  ['公顷|ha', 'ha'],
  ['平方像素|px2', 'px2'],
  ['平方公尺|平方米|平米|m2|平方|平(?!均|房|行)', 'm2'],
];
const LENGTH_UNITS: readonly [string, string][] = [
  ['公里|千米|km', 'km'],
  ['公尺|米|m(?!2)', 'm'],
  ['像素|px(?!2)', 'px'],
];
const BEFORE: readonly [string, string][] = [
  ['不小于|不少于|不低于|不短于|至少|最少|大于等于|大于或等于|起码|≥|>=', '>='],
  ['不超过|不大于|不多于|不高于|至多|最多|小于等于|小于或等于|≤|<=', '<='],
  ['大于|超过|多于|高于|长于|高过|大过|超出|多过|>', '>'],
  ['小于|不到|少于|低于|短于|不足|未满|<', '<'],
];
const AFTER: readonly [string, string][] = [
  ['(?:及|或|和)?以上|往上|起', '>='],
  ['(?:及|或|和)?以下', '<='],
  ['以内|之内|内|范围', '<'],
];
const MEASURES = '[个辆架艘栋座棵条块片处根名位头只台部间株列口丛朵幢匹]';

/** The plan's filter for a Chinese question, or null. `relative`: the plan has an anchor that a distance can refer to. */
export function chineseFilter(question: string, relative: boolean): string | null {
  return filtersIn(question.replaceAll(' ', ''), '', [
    scoreFilter,
    (text) => sizeFilter(text, 'area', AREA_UNITS, relative),
    (text) => sizeFilter(text, 'length', LENGTH_UNITS, relative),
    topFilter,
    countFilter,
  ]);
}

/** 二十五 → 25, 两百 → 200, 1.5万 → 15000; NaN if the text is not a number. */
export function chineseNumber(text: string): number {
  if (/^\d/.test(text)) return Number.parseFloat(text) * (text.endsWith('万') ? 10_000 : 1);
  if (text === '半') return 0.5;
  let total = 0;
  let part = 0;
  let digit = 0;
  for (const character of text) {
    const power = { 十: 10, 百: 100, 千: 1000 }[character];
    if (power) {
      part += (digit || 1) * power;
      digit = 0;
    } else if (character === '万') {
      total += (part + digit) * 10_000;
      part = digit = 0;
    } else if (character === '两') digit = 2;
    else digit = DIGITS.indexOf(character);
    if (digit < 0) return Number.NaN;
  }
  return total + part + digit;
}

function sizeFilter(text: string, kind: string, units: readonly [string, string][], relative: boolean) {
  for (const [unit, name] of units) {
    const amount = `${NUMBER}(?:${unit})`;
    for (const [list, before] of [
      [BEFORE, true],
      [AFTER, false],
    ] as const) {
      for (const [words, sign] of list) {
        const hit = new RegExp(before ? `(?:${words})了?${amount}` : `${amount}(?:${words})`).exec(text);
        if (!hit) continue;
        const from =
          kind === 'length' && relative && !/[长宽]度?$|直径$/.test(text.slice(0, hit.index)) && sign.startsWith('<');
        return { text: hit[0], filter: `${from ? 'distance' : kind}${sign}${chineseNumber(hit[1]!)} ${name}` };
      }
    }
  }
  return null;
}

function scoreFilter(text: string) {
  const score = '(?:置信度|得分|分数|可信度|把握|概率|评分|确信度)';
  const value = '(百分之[一二三四五六七八九十]+|\\d+(?:\\.\\d+)?%|0?\\.\\d+|1(?:\\.0)?|[一二三四五六七八九]成)';
  for (const [words, sign] of BEFORE) {
    const hit = new RegExp(`${score}(?:要|得|在|为|是|都)?(?:${words})了?${value}`).exec(text);
    if (hit) return { text: hit[0], filter: `score${sign}${scoreOf(hit[1]!)}` };
  }
  for (const [words, sign] of AFTER) {
    const hit = new RegExp(`${score}(?:要|得|在|为|是|都|有)?${value}(?:${words})`).exec(text);
    if (hit) return { text: hit[0], filter: `score${sign}${scoreOf(hit[1]!)}` };
  }
  return null;
}

function scoreOf(text: string): number {
  if (text.startsWith('百分之')) return chineseNumber(text.slice(3)) / 100;
  if (text.endsWith('成')) return chineseNumber(text.slice(0, -1)) / 10;
  const value = Number.parseFloat(text);
  return Number((text.endsWith('%') ? value / 100 : value).toFixed(4));
}

/** 最大的三栋, 前五个最大的. */
function topFilter(text: string) {
  const hit =
    new RegExp(`最[大小长短东西南北左右上下近远高低宽][边面方侧端]?的?前?${NUMBER}${MEASURES}`).exec(text) ??
    new RegExp(`前${NUMBER}${MEASURES}?`).exec(text);
  if (!hit) return null;
  const n = chineseNumber(hit[1]!);
  return Number.isInteger(n) && n > 1 ? { text: hit[0], filter: `top ${n}` } : null;
}

function countFilter(text: string) {
  for (const [words, sign] of BEFORE) {
    const hit = new RegExp(`(?:${words})[了有]?${NUMBER}${MEASURES}`).exec(text);
    if (hit) return { text: hit[0], filter: `count${sign}${chineseNumber(hit[1]!)}` };
  }
  const after = new RegExp(`${NUMBER}${MEASURES}(?:以上|往上)`).exec(text);
  return after ? { text: after[0], filter: `count>=${chineseNumber(after[1]!)}` } : null;
}
