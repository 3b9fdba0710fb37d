/**
 * Reads conditions on size, score, number and distance by rules, because a network should not copy digits. The plan's
 * filter has the forms `area>200 m2`, `score>=0.8`, `count>10`, `distance<50 m` and `top 3`, separated by commas. A
 * condition that was read is removed from the text.
 */

const WORDS: Record<string, number> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  eighty: 80,
  hundred: 100,
  'a hundred': 100,
  'one hundred': 100,
  'two hundred': 200,
  'five hundred': 500,
  thousand: 1000,
  'a thousand': 1000,
  'a dozen': 12,
  'half a dozen': 6,
};
const NUMBER = `(?:\\d[\\d ,]*\\d(?:\\.\\d+)?|\\d+(?:\\.\\d+)?|\\.\\d+|${Object.keys(WORDS)
  .sort((a, b) => b.length - a.length)
  .join('|')})`;
/** Unit as written → unit in the plan. Longer spellings come first. */
const AREA_UNITS: readonly [string, string][] = [
  ['square kilomet(?:re|er)s?|sq\\.? ?km|km2|km\\^2', 'km2'],
  ['square (?:feet|foot)|sq\\.? ?ft|ft2', 'ft2'],
  ['square met(?:re|er)s?|sq\\.? ?m(?:et(?:re|er)s?)?\\b|sqm|m2|m\\^2', 'm2'],
  ['hectares?|ha\\b', 'ha'],
  ['acres?', 'acre'],
  ['square pixels?|sq\\.? ?px|px2|px\\^2', 'px2'],
];
const LENGTH_UNITS: readonly [string, string][] = [
  ['kilomet(?:re|er)s?|kms?\\b', 'km'],
  ['met(?:re|er)s?|m\\b', 'm'],
  ['feet|foot|ft\\b', 'ft'],
  ['yards?|yd\\b', 'yd'],
  ['miles?|mi\\b', 'mi'],
  ['pixels?|px\\b', 'px'],
];
const BEFORE: readonly [string, string][] = [
  [
    '(?:no|not) (?:larger|bigger|longer|wider|more|greater|higher|farther|further) than|at most|up to|maximum(?: of)?|max\\.?|<=|≤|not (?:over|above|exceeding)',
    '<=',
  ],
  [
    '(?:no|not) (?:smaller|shorter|less|fewer|lower) than|at least|minimum(?: of)?|min\\.?|>=|≥|from|starting (?:at|from)|not (?:under|below)',
    '>=',
  ],
  [
    '(?:larger|bigger|longer|wider|more|greater|higher|taller|better|broader) than|over|above|exceed(?:s|ing)?|beyond|upwards of|in excess of|>|surpass(?:es|ing)?|past',
    '>',
  ],
  ['(?:smaller|shorter|narrower|less|fewer|lower|closer|nearer|worse) than|under|below|<|within', '<'],
];
const AFTER: readonly [string, string][] = [
  ['(?:or|and) (?:more|larger|bigger|longer|better|above|over|higher|up|upwards?|greater)|upwards?|plus\\b|\\+', '>='],
  ['(?:or|and) (?:less|smaller|shorter|below|under|lower|fewer|down)', '<='],
];
const SCORE = '(?:scores?|scoring|confidence|confident|certainty|certain|probability|sure)';

type Found = { text: string; filter: string };

/**
 * The plan's filter for an English question in normal form, or null. `relative`: the plan has an anchor that a distance
 * can refer to.
 */
export function englishFilter(question: string, relative: boolean): string | null {
  return filtersIn(` ${question} `, ' ', [
    scoreFilter,
    (text) => sizeFilter(text, 'area', AREA_UNITS, relative),
    (text) => sizeFilter(text, 'length', LENGTH_UNITS, relative),
    topFilter,
    countFilter,
  ]);
}

/** What the finders find one after the other, each in the text without what the ones before it took; null for nothing. */
export function filtersIn(
  text: string,
  gap: string,
  finders: readonly ((text: string) => Found | null)[],
): string | null {
  const filters: string[] = [];
  let left = text;
  for (const find of finders) {
    const found = find(left);
    if (!found) continue;
    filters.push(found.filter);
    left = left.replace(found.text, gap);
  }
  return filters.length > 0 ? filters.join(', ') : null;
}

function numberOf(text: string): number {
  const plain = text.trim();
  return WORDS[plain] ?? Number(plain.replaceAll(/[ ,](?=\d{3}(?!\d))/g, '').replaceAll(',', '.'));
}

/** The first condition like "larger than 200 m2" or "200 m2 or more" with the given kind of unit. */
function sizeFilter(
  text: string,
  kind: 'area' | 'length',
  units: readonly [string, string][],
  relative: boolean,
): Found | null {
  for (const [unit, name] of units) {
    const amount = `(${NUMBER}) ?(?:${unit})`;
    for (const [words, sign] of AFTER) {
      const hit =
        new RegExp(`${amount}[^.?!]{0,12}?\\b(?:${words})`, 'u').exec(text) ??
        new RegExp(`${amount} ?\\+`, 'u').exec(text);
      if (hit)
        return { text: hit[0], filter: `${kindOf(kind, hit[0], sign, relative)}${sign}${numberOf(hit[1]!)} ${name}` };
    }
    for (const [words, sign] of BEFORE) {
      const hit = new RegExp(
        `(?:^|[ (,:])(?:${words}) ?(?:an? (?:area|size|length) of )?(?:about |roughly |around )?${amount}`,
        'u',
      ).exec(text);
      if (hit) {
        const after = text.slice(hit.index + hit[0].length, hit.index + hit[0].length + 12);
        return {
          text: hit[0],
          filter: `${kindOf(kind, hit[0] + after, sign, relative)}${sign}${numberOf(hit[1]!)} ${name}`,
        };
      }
    }
    const range = new RegExp(`${amount}[^.?!]{0,6} (?:radius|range)`, 'u').exec(text);
    if (range && kind === 'length' && relative)
      return { text: range[0], filter: `distance<${numberOf(range[1]!)} ${name}` };
  }
  return null;
}

/** "within 50 m of the road" is a distance if the plan has an anchor. */
function kindOf(kind: 'area' | 'length', text: string, sign: string, relative: boolean): string {
  if (kind === 'area' || !relative) return kind;
  return /\b(of|from|to|away|off|around)\b|within|closer|nearer/.test(text) && !/long|length|wide|diameter/.test(text)
    ? 'distance'
    : sign.startsWith('<')
      ? 'distance'
      : 'length';
}

function scoreFilter(text: string): Found | null {
  const value = `(\\d{1,3}(?:\\.\\d+)? ?(?:%|percent|per cent)|0?\\.\\d+|1(?:\\.0)?)`;
  for (const [words, sign] of AFTER) {
    const hit = new RegExp(`${SCORE}[^.?!]{0,24}?${value}[^?!]{0,4}?(?:${words})`, 'u').exec(text);
    if (hit) return { text: hit[0], filter: `score${sign}${scoreOf(hit[1]!)}` };
  }
  for (const [words, sign] of BEFORE) {
    const first = new RegExp(`${SCORE}[^.?!]{0,24}?(?:${words}) ?(?:an? )?${value}`, 'u').exec(text);
    const last = new RegExp(`(?:${words}) ?${value} ?(?:in |of )?${SCORE}`, 'u').exec(text);
    const hit = first ?? last;
    if (hit) return { text: hit[0], filter: `score${sign}${scoreOf(hit[1]!)}` };
  }
  return null;
}

function scoreOf(text: string): number {
  const value = Number(text.replace(/[^\d.]/g, ''));
  return /%|per ?cent/.test(text) || value > 1 ? Number((value / 100).toFixed(4)) : value;
}

const SUPERLATIVE =
  '(?:largest|biggest|smallest|tiniest|longest|shortest|widest|northernmost|southernmost|westernmost|easternmost|leftmost|rightmost|topmost|closest|nearest|farthest|furthest|most|least|best|highest|lowest|greatest)';

/** "the three largest", "top 5". */
function topFilter(text: string): Found | null {
  const hit =
    new RegExp(`\\btop[ -]?(${NUMBER})\\b`, 'u').exec(text) ??
    new RegExp(`\\b(${NUMBER}) (?:of the |very )?${SUPERLATIVE}\\b`, 'u').exec(text) ??
    new RegExp(`(?<!\\bat )\\b${SUPERLATIVE} (${NUMBER})\\b`, 'u').exec(text);
  if (!hit) return null;
  const n = numberOf(hit[1]!);
  return Number.isInteger(n) && n > 1 ? { text: hit[0], filter: `top ${n}` } : null;
}

/** "more than ten cars". Numbers with a unit were already removed. */
function countFilter(text: string): Found | null {
  for (const [words, sign] of BEFORE) {
    if (sign === '>=' && /^ ?from /.test(text)) continue;
    const hit = new RegExp(
      `(?:^|[ (,:])(?:${words}) (${NUMBER})(?= (?!%|percent|per cent|degrees|years|days|o'clock|times)[a-z])`,
      'u',
    ).exec(text);
    if (hit && !/^ ?(from|starting|past|within)/.test(hit[0].trim())) {
      const n = numberOf(hit[1]!);
      if (Number.isInteger(n)) return { text: hit[0], filter: `count${sign}${n}` };
    }
  }
  const after = new RegExp(`\\b(${NUMBER}) or (more|fewer|less)\\b`, 'u').exec(text);
  return after ? { text: after[0], filter: `count${after[2] === 'more' ? '>=' : '<='}${numberOf(after[1]!)}` } : null;
}
