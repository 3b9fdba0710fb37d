import { corners } from '../../plan/terms/part.ts';
import type { QuestionText } from './question-text.ts';
import { formKinds } from './reader-spec.ts';

/**
 * Reads by rules which places a question tells apart ("in the north or in the south?", "which quadrant"), because the
 * network gives only one place.
 */
export interface PlacesSaid {
  /** Each as a plan writes it; at least two. */
  places: string[];
  /** Whether the question asks which of them has more, or the most. */
  isCompared: boolean;
  /** Whether it asks for the one with the least. */
  isLeast: boolean;
}

/** English words for a place, longer ones first; "$1" is a part of what was said. */
const ENGLISH: readonly [words: RegExp, place: string][] = (
  [
    ['(?:marked|drawn|selected|outlined) (?:region|area|box|part|zone|rectangle|polygon)|selection', 'marked region'],
    [
      '(?:box|rectangle|polygon|area|region)(?: that| which)? (?:i|we) (?:drew|marked|selected|outlined)',
      'marked region',
    ],
    ['(north|south|east|west)(?:ern)? third', '$1 third'],
    ['(left|right|top|bottom|middle)(?: hand| most)? third', '$1 third'],
    ['(?:top|upper)[ -]*(left|right)', 'top $1 quadrant'],
    ['(?:bottom|lower)[ -]*(left|right)', 'bottom $1 quadrant'],
    ['(north|south)[ -]*(east|west)(?:ern)?', '$1$2'],
    ['(?:ne|nw|se|sw)', '$0'],
    ['(north|south|east|west)(?:ern)?', '$1'],
    ['(left|(?<!, )right)(?! now| next)', '$1 half'],
    ['(?:top|upper)', 'top half'],
    ['(?:bottom|lower)', 'bottom half'],
    ['(?:centre|center|middle|core)', 'centre'],
    ['(?:edges?|borders?|margins?|outskirts|periphery|fringes?)', 'edges'],
  ] as const
).map(([words, place]) => [new RegExp(`\\b(?:${words})\\b`, 'g'), place]);
const SHORT: Record<string, string> = { ne: 'northeast', nw: 'northwest', se: 'southeast', sw: 'southwest' };
/** Characters for a place, which the Chinese lexicon knows only in longer forms. */
const CHARACTERS: Record<string, string> = {
  左: 'left half',
  右: 'right half',
  上: 'top half',
  下: 'bottom half',
  北: 'north',
  南: 'south',
  西: 'west',
  东: 'east',
};
const HALVES: readonly [string, string][] = [
  ['left half', 'right half'],
  ['top half', 'bottom half'],
  ['north', 'south'],
  ['west', 'east'],
];
const QUADRANTS = corners.map((corner) => `${corner} quadrant`);

/** More or fewer things, or more of something in relation to the ground. */
const OF_AMOUNT = '(?:number|count|density|share|proportion|percentage|concentration|amount|coverage|cover|fraction)';
const MORE = new RegExp(
  `\\b(?:more|most|fewer|fewest|less|(?<!at )least)\\b(?! (?:certain|confident|doubtful|probable|reliable|compact|elongated|isolated|visible|obvious|likely|common|recent|north|south|east|west|than (?:\\d|one|two|three|ten|half)))|\\b(?:denser|densest|sparser|sparsest|busier|busiest|greener|greenest|emptier|emptiest)\\b|\\b(?:highest|greatest|largest|biggest|lowest|smallest|higher|greater|larger|bigger|lower|smaller)\\b(?: \\w+)? ${OF_AMOUNT}\\b|\\b${OF_AMOUNT}(?: of \\w+)?(?: is)?(?: the)? (?:highest|greatest|largest|lowest|smallest|higher|greater|larger|lower|smaller)\\b|\\b(?:concentrated|clustered)\\b|(?<![多至])少(?!于)|多(?![少大远长高宽于谢])|密|集中|[占覆].*[高大低小]`,
  'u',
);
const LEAST =
  /\b(?:fewer|fewest|less|(?<!at )least|sparser|sparsest|emptier|emptiest|lowest|smallest|lower|smaller)\b(?! (?:left|right|half|third|quadrant|corner|part))|(?<![多至])少(?!于)|稀疏|最低|更低|最小|更小/u;
/** Parts that a question asks for without naming them. */
const ASKED: readonly [words: RegExp, places: readonly string[]][] = [
  [
    /\b(?:which|what|each|every|per) (?:quadrant|quarter|corner)s?\b|\bquadrants\b|象限|四分之一|[哪每各]个?角/u,
    QUADRANTS,
  ],
  [/\b(?:which|what|each) third\b|三分之一/u, ['left third', 'middle third', 'right third']],
  [
    /\b(?:which|what|each|either) (?:half|side)\b|\bboth (?:halves|sides)\b|\b(?:two|the) halves\b|[哪每]一?[半边侧]/u,
    ['left half', 'right half'],
  ],
];
/** Any part: asked for only together with an amount. */
const ANYWHERE =
  /\b(?:which|what) (?:part|area|region|section|portion|sector|zone)\b|\bwhere\b|哪里|哪儿|哪[个块片]?(?:部分|区域|地方|位置|一带)|什么地方/u;
/** What stands between two places that are told apart. */
const BETWEEN = /\b(?:or|and|than|versus|vs|against|with|compared|respectively)\b|[和与跟或比]|还是|以及|，|、|,/u;

/**
 * The places that a question tells apart; null if it names none or one. `plain`: the question in normal form. `intent`: what
 * the network takes it for.
 */
export function placesSaid(text: QuestionText, plain: string, intent: string): PlacesSaid | null {
  const isCompare = intent === 'compare';
  const isMore = MORE.test(plain);
  const isLeast = LEAST.test(plain);
  const said = text.units.join(text.language === 'zh' ? '' : ' ');
  const takesWords = isCompare || isMore || intent === 'count' || intent === 'measure';
  const named = takesWords ? namedIn(text, said) : [];
  const places = [...new Set(named.map(({ name }) => name))];
  if (places.length > 1) {
    const [first, second] = named as [PlaceAt, PlaceAt];
    const isApart = second.start === first.end || BETWEEN.test(said.slice(first.end, second.start));
    return isCompare || isApart ? { places, isCompared: isCompare || isMore, isLeast } : null;
  }
  const asked = ASKED.find(([words]) => words.test(plain))?.[1];
  if (asked && places.length === 0 && (isCompare || isMore)) return { places: [...asked], isCompared: true, isLeast };
  if (isMore && !isCompare && places.length === 0 && ANYWHERE.test(plain))
    return { places: QUADRANTS, isCompared: true, isLeast };
  // "Are there more cars in the north?": than in the other half.
  const other = isCompare && !asked ? otherHalf(places[0]) : null;
  return other ? { places: [places[0]!, other], isCompared: true, isLeast } : null;
}

interface PlaceAt {
  name: string;
  start: number;
  end: number;
}

/** `said`: the question's units, joined. */
const namedIn = (text: QuestionText, said: string): PlaceAt[] =>
  (text.language === 'zh' ? chinesePlaces(text) : englishPlaces(said)).sort((a, b) => a.start - b.start);

function englishPlaces(said: string): PlaceAt[] {
  const found: PlaceAt[] = [];
  for (const [words, place] of ENGLISH) {
    for (const hit of said.matchAll(words)) {
      const [start, end] = [hit.index, hit.index + hit[0].length];
      if (found.some((each) => start < each.end && end > each.start)) continue;
      const name = place.replace(/\$(\d)/g, (_, group) => hit[Number(group)] ?? '');
      found.push({ name: SHORT[name] ?? name, start, end });
    }
  }
  return found;
}

function chinesePlaces({ units, matches }: QuestionText): PlaceAt[] {
  const startOf = (at: number) => units.slice(0, at).join('').length;
  const regions = matches.filter(({ kind }) => kind === formKinds.region);
  const isTaken = (at: number) => matches.some(({ first, end }) => at >= first && at < end);
  const isBare = (at: number) => Object.hasOwn(CHARACTERS, units[at] ?? '') && !isTaken(at);
  const isThings = (at: number) => /^东西(?![两哪二各边侧部方])/.test(units.slice(at, at + 3).join(''));
  // A character names a place beside another one or what separates places: 左右, 北还是南. "图上" and "以下" are none.
  const isPlace = (at: number) =>
    isBare(at) &&
    !isThings(at) &&
    !isThings(at - 1) &&
    (isBare(at - 1) ||
      isBare(at + 1) ||
      /^[和与跟或比是]$/.test(units[at - 1] ?? '') ||
      /^[和与跟或比还]$/.test(units[at + 1] ?? ''));
  const characters = [...units.keys()].filter(isPlace);
  return [
    ...regions.map(({ name, first, end }) => ({ name, start: startOf(first), end: startOf(end) })),
    ...characters.map((at) => ({ name: CHARACTERS[units[at]!]!, start: startOf(at), end: startOf(at + 1) })),
  ];
}

function otherHalf(place: string | undefined): string | null {
  const pair = HALVES.find((each) => place !== undefined && each.includes(place));
  return pair?.find((each) => each !== place) ?? null;
}

/** Whether a question that names no thing asks for density: "is the west denser?". That of buildings is meant then. */
export const asksDensity = (plain: string): boolean => /\bdens(?:e|er|est|ity)\b|\bsparse|密|稀疏/u.test(plain);
export const asksBuiltUp = (plain: string): boolean =>
  /\b(?:built|developed|urban|urbani[sz]ed|populated)\b|\bdens|\bsparse|密|建成|开发|稀疏/u.test(plain);
