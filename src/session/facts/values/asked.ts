import { type FoundPlace, findTypedPlace } from '../../../geo/ground/typed-place.ts';
import type { ValueLimit } from '../../../imagery/statistics.ts';
import { INDICES, type IndexName } from '../../../render/indices.ts';
import type { BandRole } from '../../../render/sensors.ts';

/** Which values a question asks for. */
export type Quantity =
  | { kind: 'index'; name: IndexName }
  | { kind: 'role'; role: BandRole }
  /** 1-based, as people count bands. */
  | { kind: 'number'; number: number }
  | { kind: 'expression'; text: string }
  | { kind: 'elevation' }
  /** What the map shows through a ramp, or the only band. */
  | { kind: 'shown' }
  /** Each band. */
  | { kind: 'bands' };

/** "The NDVI of the marked region", "the histogram of the red band", "how much of it has NDVI over 0.4". */
export interface StatisticsQuestion {
  kind: 'statistics';
  of: Quantity;
  /** `asked`: the region that the question was put to. */
  where: 'asked' | 'marked' | 'view' | 'scene';
  limits: ValueLimit[];
  /** Words of the question that aren't accounted for; empty if there are none. */
  leftOut: string;
}

/** "The value at 34.2, -117.5", "the elevation here". */
export interface ValueQuestion {
  kind: 'value';
  of: Quantity;
  /** `here`: the place read last on the map, else the middle of what is asked about. Null: none is named. */
  at: FoundPlace | 'here' | 'marked' | null;
  leftOut: string;
}

/** The question about values that words ask; null if they ask for something else. */
export function valuesAsked(text: string): StatisticsQuestion | ValueQuestion | null {
  const words = new Words(text.normalize('NFKC').toLowerCase());
  const index = words.indexName();
  const band = words.band();
  const limits = words.limits();
  const found = findTypedPlace(words.rest);
  const place = found && (found.meanings.length > 0 || /[°nsew]/.test(found.text)) ? found : null;
  if (place) words.rest = place.rest;
  const isElevation = words.takes(ELEVATION) || (words.takes(HEIGHT) && (place !== null || words.has(HERE)));
  const hasValue = words.takes(VALUE);
  const isHistogram = words.has(HISTOGRAM);
  const hasStatistic = words.takes(STATISTIC) || limits.length > 0;
  const of: Quantity | null = index ?? band ?? (isElevation ? { kind: 'elevation' } : null);
  const isPoint = words.takes(POINT);
  const isHere = words.takes(HERE);
  if (place && (of || hasValue))
    return { kind: 'value', of: of ?? { kind: 'bands' }, at: place, leftOut: words.leftOver() };
  if (isPoint && (of || hasValue))
    return { kind: 'value', of: of ?? { kind: 'bands' }, at: 'marked', leftOut: words.leftOver() };
  // A class of things has an elevation, too, and "some place" is none.
  if (isElevation && words.takes(SOMEWHERE)) return { kind: 'value', of: of!, at: null, leftOut: words.leftOver() };
  const isStatistics = index !== null || isElevation || (band !== null && hasStatistic);
  if (isStatistics || isHistogram) {
    const where = words.region();
    return { kind: 'statistics', of: of ?? { kind: 'shown' }, where, limits, leftOut: words.leftOver() };
  }
  if (!hasValue || !(band !== null || PIXEL_VALUE.test(text))) return null;
  return { kind: 'value', of: of ?? { kind: 'bands' }, at: isHere ? 'here' : null, leftOut: words.leftOver() };
}

const ELEVATION = /\b(elevations?|altitudes?)\b|高程|海拔(高度)?/;
const HEIGHT = /\b((ground|terrain|surface) )?height\b|\bhow high\b|高度/;
const VALUE =
  /\b(pixel |band |raster |cell |sample |raw |stored )?values?\b|\breflectances?\b|\bradiances?\b|\bdns?\b|\bdigital numbers?\b|(像素|像元|波段|各波段|栅格)的?值|数值|反射率|灰度值|(?<!均|大|小|阈)值/;
const PIXEL_VALUE =
  /\b(pixel|band|raster|cell|sample|raw|stored)s?( \S+)? values?\b|\bvalues? (here|at|of (all |the |each )*(pixel|bands?|cell))\b|(像素|像元|波段|栅格)的?值|(这里|此处|这点|该点|这个点)的?值/i;
const STATISTIC =
  /\b(mean|average|averages|min(imum)?|max(imum)?|lowest|highest|range|histograms?|distribution|statistics|stats|std|standard deviation|spread)\b|平均值?|均值|最大值?|最小值?|最高值?|最低值?|直方[图圖]|分布|统计|統計|标准差|值域|范围(?=是|为|多少)/;
/** Needs no name of what it is of. */
const HISTOGRAM = /直方[图圖]|\bhistograms?\b/;
const POINT =
  /\b(at|of|for) (the |this |that )?(marked |clicked |selected )?(point|pixel|spot|location|place|position|cursor)\b|(标记|标出|选中|点击|这个|该|此)的?(点|位置|像素|像元)处?/;
const HERE = /\b(right )?here\b|\bat this (place|point|spot)\b|这里|這裡|此处|此處|当前位置/;
const SOMEWHERE = /某[处地点個个]|某个(地方|位置|点)|\b(some|a certain|a given) (place|point|spot|location)\b/;

const ROLES: readonly [RegExp, BandRole][] = [
  [/red[- ]?edge|红边/, 'red-edge'],
  [/near[- ]?infra[- ]?red|\bnir\b|近红外/, 'nir'],
  [/short[- ]?wave[- ]?infra[- ]?red ?2|\bswir ?2\b|短波红外2/, 'swir2'],
  [/short[- ]?wave[- ]?infra[- ]?red( ?1)?|\bswir ?1?\b|短波红外1?/, 'swir1'],
  [/infra[- ]?red|红外/, 'nir'],
  [/\bred|红/, 'red'],
  [/\bgreen|绿/, 'green'],
  [/\bblue|蓝/, 'blue'],
  [/\bcoastal|海岸/, 'coastal'],
  [/\byellow|黄/, 'yellow'],
];
const ROLE_BAND =
  /\b((red[- ]?edge|near[- ]?infra[- ]?red|nir|short[- ]?wave[- ]?infra[- ]?red ?[12]?|swir ?[12]?|infra[- ]?red|red|green|blue|coastal|yellow)( (band|channel)s?))\b|(红边|近红外|短波红外[12]?|红外|红|绿|蓝|海岸|黄)(光|色)?(波段|通道)/;
const NUMBER_BAND =
  /\b(?:band|channel) ?(?:number |no\.? ?|# ?)?(\d{1,4})\b|\bb(\d{1,4})\b|\b(\d{1,4})(?:st|nd|rd|th) (?:band|channel)\b|\b(first|second|third|fourth|fifth) (?:band|channel)\b|第([一二三四五六七八九十]|\d{1,4})个?波段|波段([一二三四五六七八九十]|\d{1,4})/;
const ORDINALS: Record<string, number> = { first: 1, second: 2, third: 3, fourth: 4, fifth: 5 };
const HAN_DIGITS = '一二三四五六七八九十';
const EXPRESSION = /\(*b\d{1,4}[\s\d.b()*/+^-]*[-+*/][\s\d.b()*/+^-]*b?\d+\)*/;

const LIMITS: readonly [RegExp, ValueLimit['is']][] = [
  [/\b(at least|not below|no less than)\b|≥|>=|不低于|不小于|至少|大于等于/, '>='],
  [/\b(at most|up to|not above|no more than)\b|≤|<=|不高于|不大于|不超过|至多|小于等于/, '<='],
  [
    /\b(above|over|more than|higher than|greater than|larger than|exceed(s|ing)?)\b|>|大于|大於|高于|高於|超过|超過/,
    '>',
  ],
  [/\b(below|under|less than|lower than|smaller than)\b|<|小于|小於|低于|低於|不足/, '<'],
];
const AMOUNT = '([-−]?\\d*\\.?\\d+)';
const BETWEEN = new RegExp(`\\bbetween ${AMOUNT} and ${AMOUNT}|(?:在)?${AMOUNT} ?(?:到|至|~) ?${AMOUNT} ?(?:之间)?`);

/** The words of a question, of which each part takes its own. */
class Words {
  rest: string;

  constructor(text: string) {
    this.rest = text;
  }

  has(pattern: RegExp): boolean {
    return pattern.test(this.rest);
  }

  takes(pattern: RegExp): boolean {
    return this.take(pattern) !== null;
  }

  indexName(): Quantity | null {
    for (const { name, also } of [...INDICES].sort((a, b) => b.name.length - a.name.length)) {
      const names = [name.toLowerCase(), ...also].map((word) => (/^[a-z]/.test(word) ? `\\b${word}\\b` : word));
      if (this.takes(new RegExp(names.join('|')))) return { kind: 'index', name };
    }
    return null;
  }

  band(): Quantity | null {
    const [text] = this.take(EXPRESSION) ?? [];
    if (text !== undefined) return { kind: 'expression', text: text.trim() };
    const [named] = this.take(ROLE_BAND) ?? [];
    const role = named === undefined ? undefined : ROLES.find(([pattern]) => pattern.test(named))?.[1];
    if (role) return { kind: 'role', role };
    const found = this.take(NUMBER_BAND);
    if (!found) return null;
    const [, a, b, c, ordinal] = found;
    const han = found[5] ?? found[6];
    const digits = a ?? b ?? c;
    if (digits !== undefined) return { kind: 'number', number: Number(digits) };
    if (ordinal !== undefined) return { kind: 'number', number: ORDINALS[ordinal]! };
    return { kind: 'number', number: HAN_DIGITS.includes(han!) ? HAN_DIGITS.indexOf(han!) + 1 : Number(han) };
  }

  limits(): ValueLimit[] {
    const number = (text: string) => Number(text.replace('−', '-'));
    const between = this.take(BETWEEN);
    if (between) {
      const [low, high] = [number((between[1] ?? between[3])!), number((between[2] ?? between[4])!)].sort(
        (a, b) => a - b,
      );
      return [
        { is: '>=', value: low! },
        { is: '<=', value: high! },
      ];
    }
    const found: ValueLimit[] = [];
    for (const [pattern, is] of LIMITS) {
      const limit = this.take(new RegExp(`(?:${pattern.source}) ?${AMOUNT}`));
      if (limit) found.push({ is, value: number(limit.at(-1)!) });
    }
    return found;
  }

  region(): StatisticsQuestion['where'] {
    if (
      this.takes(
        /\b(marked|drawn|selected|outlined) (region|area|rectangle|part)\b|\b(my|the|this) (region|rectangle)\b|(标出|標出|画出|所画|框选|选定|选中|标记)的?(区域|區域|范围)/,
      )
    )
      return 'marked';
    if (
      this.takes(
        /\b(whole|entire|full|complete) (image|scene|picture|file|raster|photo)\b|(整幅|整个|整張|整张|全)(图像|影像|图|圖|场景|景)/,
      )
    )
      return 'scene';
    return this.takes(/\b(current |this |the )?(view|screen|viewport)\b|当前(视图|画面|屏幕)|视图/) ? 'view' : 'asked';
  }

  /** What no part took, without the words of any question. */
  leftOver(): string {
    const latin = this.rest.replaceAll(/[^\p{L}\p{N}\s'-]/gu, ' ').replaceAll(FILLER, ' ');
    return latin
      .replaceAll(HAN_FILLER, ' ')
      .replaceAll(/(?<![\p{L}\p{N}])['-]+|['-]+(?![\p{L}\p{N}])/gu, ' ')
      .trim()
      .replaceAll(/\s+/g, ' ');
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.rest);
    if (found) this.rest = `${this.rest.slice(0, found.index)} ${this.rest.slice(found.index + found[0].length)}`;
    return found;
  }
}

const FILLER =
  /(?<![\p{L}'])(what|whats|what's|which|how|much|many|is|are|was|the|a|an|of|in|on|over|for|to|at|from|with|and|has|have|having|having|does|do|it|its|it's|here|there|this|that|these|show|me|us|give|tell|please|pls|can|could|would|you|i|want|need|know|compute|calculate|get|find|plot|draw|display|value|values|level|index|band|bands|channel|image|picture|scene|photo|region|area|part|share|fraction|percentage|percent|proportion|pixels?|mean|average|by|look|like|where|whose|lies?|land|ground|all|each|every|now|thanks|thank|hi|hello|file|raster|map|data|point|place|location|position|coordinates?|normali[sz]ed|difference)(?![\p{L}'])/gu;
const HAN_FILLER =
  /请问|請問|请|麻烦|是多少|多少|什么|怎么样|如何|显示|计算|统计|告诉我|告诉|帮我|给我|查一下|查询|看看|看|一下|这里|這裡|这幅|这张|这个|该|图像|影像|图片|图中|图|区域|范围|面积|占比|占|比例|百分之|百分比|部分|像素|像元|地方|位置|坐标|处|点|波段|光谱|归一化|的|是|有|为|在|中|内|里|值|数|吗|呢|和|与|我|它|其|把|用|上|于|哪些|所有|各|个|多|大|几/g;
