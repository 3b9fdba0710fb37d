import { pluralOf, subjectNamed } from '../../plan/subjects.ts';
import { type Order, parseOrder } from '../../plan/terms/order.ts';
import { isAreaUnit, unitNamed } from '../../plan/terms/units.ts';
import type { Command, Decision, Extreme, Limit, Look, One, ZoomTarget } from './command.ts';

/** Commands in English. `words` are in lower case, with single spaces and without a full stop. */
export function englishCommand(words: string): Command | null {
  const [asked, isPolite] = withoutPoliteness(words);
  // "undo?" may be a question about undoing; "can you undo that?" is none.
  if (/\?$/.test(asked) && !isPolite) return null;
  const text = asked.replace(/\s*\?+$/, '');
  for (const read of readers) {
    const command = read(text);
    if (command) return command;
  }
  return null;
}

const readers: readonly ((text: string) => Command | null)[] = [
  history,
  clear,
  review,
  show,
  look,
  wholeView,
  zoom,
  select,
  exporting,
  classes,
];

const POLITE =
  /^(please|pls|kindly|now|then|ok(ay)?|hey|just|let'?s|(can|could|would|will) you( please| kindly)?|i('d| would) like (you )?to|i want (you )?to)[, ]+/;

function withoutPoliteness(words: string): [text: string, isPolite: boolean] {
  let text = words;
  while (POLITE.test(text)) text = text.replace(POLITE, '');
  const isPolite = text !== words;
  return [text.replace(/(,? (please|pls|thanks|thank you|for me|now))+(?=\?*$)/, ''), isPolite];
}

function history(text: string): Command | null {
  if (
    /^(undo|revert|take back|take that back)( (that|it|this|(the )?last( (step|change|action|command|decision|one))?))?$/.test(
      text,
    )
  )
    return { kind: 'undo' };
  return /^redo( (that|it|this|(the )?last( (step|change|action))?))?$/.test(text) ? { kind: 'redo' } : null;
}

const CLEARED =
  '(whole |entire )?(conversation|chat|chat history|history|answers|conversation history|questions and answers)';

function clear(text: string): Command | null {
  const isClear =
    new RegExp(`^(clear|empty|reset|wipe|erase)( out)? (the |this |my |all |all the )?${CLEARED}$`).test(text) ||
    /^(delete|remove) (all( of)?( the)?|every) (answers?|questions and answers|messages)$/.test(text) ||
    /^(delete|remove) (the |this )?(whole |entire )?(conversation|chat)$/.test(text) ||
    text === 'clear everything';
  return isClear ? { kind: 'clear' } : null;
}

const DECISIONS: readonly [RegExp, Decision][] = [
  [/^(delete|remove|reject|discard|drop|erase|get rid of|throw (out|away)) /, 'rejected'],
  [/^(accept|approve|confirm) /, 'accepted'],
];

const SCORE_WORD = '(?:score|confidence|certainty|probability)s?';
const LIMITS: readonly [RegExp, Limit['is']][] = [
  [/^(at least|≥|>=|not below|no less than)$/, '>='],
  [/^(at most|≤|<=|up to|not above|no more than)$/, '<='],
  [/^(below|under|less than|lower than|worse than|smaller than|shorter than|<)$/, '<'],
  [/^(above|over|more than|higher than|greater than|better than|larger than|bigger than|longer than|>)$/, '>'],
];
const LIMIT_WORDS =
  'at least|at most|up to|not below|not above|no less than|no more than|below|under|less than|lower than|worse than|above|over|more than|higher than|greater than|better than|≥|≤|>=|<=|<|>';
const LIMIT = `(${LIMIT_WORDS})`;
const SCORED = new RegExp(
  `^(.*?) ?(?:,? (?:that|which) (?:is|are|have|has|score|scores)|,? with|,? whose|,? having|,? scoring|,? scored)? ?(?:an? |the )?(?:${SCORE_WORD})?(?: of| is| are)? ?${LIMIT} ?(?:an? )?(?:${SCORE_WORD} (?:of )?)?(\\d*[.,]?\\d+) ?(%|percent)?(?: (?:in )?${SCORE_WORD})?$`,
);

/** "buildings smaller than 20 m2", "cars with a length over 6 metres", "objects under 50 square pixels". */
const SIZED = new RegExp(
  `^(.*?) ?(?:,? (?:that|which) (?:is|are|have|has)|,? with|,? whose|,? having)? ?(?:an? |the )?(area|size|length)?(?: of| is| are)? ?(${LIMIT_WORDS}|smaller than|shorter than|larger than|bigger than|longer than) ?(\\d[\\d,]*(?:\\.\\d+)?) ?([a-z][a-z0-9 ^]*?)(?: (?:in )?(area|size|length|long|wide))?$`,
);

function review(text: string): Command | null {
  const decision = DECISIONS.find(([verb]) => verb.test(text));
  if (!decision) return null;
  const about = text.replace(decision[0], '');
  const scored = SCORED.exec(about);
  const sized = scored ? null : SIZED.exec(about);
  if (scored || sized) {
    const noun = nounOf((scored ?? sized)![1]!);
    const limit = scored ? scoreLimit(scored[2]!, scored[3]!, scored[4]) : sizeLimit(sized!);
    return noun && limit && { kind: 'review', decision: decision[1], noun: noun.noun, limit };
  }
  const one = oneOf(about);
  if (one) return { kind: 'decide', decision: decision[1], thing: one };
  if (!/^(all|every|each|everything|anything)\b|^(them|these|those)( all)?$/.test(about)) return null;
  const noun = nounOf(about);
  return noun && { kind: 'review', decision: decision[1], noun: noun.noun, limit: null };
}

const comparisonOf = (words: string) => LIMITS.find(([pattern]) => pattern.test(words))![1];

function scoreLimit(words: string, digits: string, percent: string | undefined): Limit {
  const value = Number(digits.replace(',', '.'));
  return { kind: 'score', is: comparisonOf(words), value: percent === undefined ? value : value / 100 };
}

/** Null if the unit is none of a size. Pixels mean areas, unless a length is named. */
function sizeLimit([, , named, words, digits, unitText, behind]: RegExpExecArray): Limit | null {
  const square = unitText!.replace(/^square (.+)$/, (_, plain: string) => `${unitNamed(plain) ?? plain}2`);
  const unit = unitNamed(square);
  if (unit === null) return null;
  const about = { is: comparisonOf(words!), value: Number(digits!.replaceAll(',', '')) };
  if (isAreaUnit(unit)) return { kind: 'area', ...about, unit };
  const isLength = named === 'length' || behind === 'long' || behind === 'length' || /^(shorter|longer)/.test(words!);
  return unit === 'px' && !isLength ? { kind: 'area', ...about, unit: 'px2' } : { kind: 'length', ...about, unit };
}

/** Words that mean things of every class. */
const ANY =
  /^(everything|anything|all|them|these|those|they|ones?|box(es)?|bounding box(es)?|objects?|things?|items?|detections?|finds?|results?|findings?|masks?|hits?)$/;
/** What a document has beside objects: none of it is accepted or rejected, zoomed to by number or selected. */
const NO_THINGS =
  /\b(layers?|images?|pictures?|scenes?|files?|regions?|answers?|questions?|bands?|adapters?|models?|basemaps?|coordinates?|measurements?|annotations?|notices?|sessions?|cache|overviews?|from|in|of|on|near|with|than|that|which|and|or|under|over|our|your|left|right|north\w*|south\w*|east\w*|west\w*)\b/;

/** The noun of "all the cars"; its noun is null for "all boxes". Null if it names no things by a plain noun. */
function nounOf(words: string): { noun: string | null } | null {
  const noun = words
    .trim()
    .replace(/^((all|every|each|any|the|these|those|of|other|my) )+/, '')
    .replace(/^(bounding )?(box(es)?|masks?|detections?) (of|for|around) ((all|the|every) )*/, '')
    .replace(/(?<=\S) (bounding )?(box(es)?|detections?)$/, '')
    .replace(/^(all|every|each|any)$/, 'all');
  if (noun === '' || ANY.test(noun)) return noun === '' ? null : { noun: null };
  const isPlain = /^[a-z][a-z'-]*( [a-z][a-z'-]*){0,2}$/.test(noun) && !NO_THINGS.test(noun);
  return isPlain ? { noun } : null;
}

/** The noun of several things of one class; null for other words. */
function classNamed(words: string): string | null {
  const noun = nounOf(words)?.noun ?? null;
  return noun !== null && (subjectNamed(noun) !== null || pluralOf(noun) === noun) ? noun : null;
}

/** "car 3", "object number 3", "the selected box". */
function oneOf(words: string): One | null {
  if (
    /^(it|this( one)?|that( one)?|(the |this )?selected (one|box|object|thing|detection)|(the )?selection|(this|that) (box|object|one|thing))$/.test(
      words,
    )
  )
    return { by: 'selection' };
  const [, noun, digits] = /^(?:the )?(?:(.+?) )?(?:number |no\.? ?|nr\.? ?|# ?)?(\d{1,6})$/.exec(words) ?? [];
  if (digits === undefined) return null;
  if (noun === undefined)
    return /^(the )?(number|no|nr|#)/.test(words) ? { by: 'number', noun: null, number: Number(digits) } : null;
  const named = nounOf(noun.replace(/ (number|no\.?|nr\.?|#)$/, ''));
  return named && { by: 'number', noun: named.noun, number: Number(digits) };
}

const COMPASS = '(?:north|northeast|east|southeast|south|southwest|west|northwest)';
const ORDERS: readonly [RegExp, (found: RegExpExecArray) => string][] = [
  [/^(largest|biggest|greatest|hugest)$/, () => 'largest'],
  [/^(smallest|tiniest|littlest)$/, () => 'smallest'],
  [/^longest$/, () => 'longest'],
  [/^shortest$/, () => 'shortest'],
  [/^(most certain|surest|most confident|best|highest[- ]scor(ing|ed))$/, () => 'most certain'],
  [/^(least certain|least confident|most uncertain|lowest[- ]scor(ing|ed))$/, () => 'least certain'],
  [/^(left|right|top|bottom)[ -]?most$/, ([, side]) => `${side}most`],
  [/^(topmost|uppermost|highest)$/, () => 'topmost'],
  [/^(lowermost|lowest)$/, () => 'bottommost'],
  [new RegExp(`^(${COMPASS})(?:ern)?[ -]?most$`), ([, side]) => `${side}ernmost`],
  [new RegExp(`^(?:most (${COMPASS})ern|(?:fur|far)thest (${COMPASS}))$`), ([, a, b]) => `${a ?? b}ernmost`],
];
const ORDER_WORDS = `largest|biggest|greatest|hugest|smallest|tiniest|littlest|longest|shortest|most certain|surest|most confident|best|highest[- ]scor(?:ing|ed)|least certain|least confident|most uncertain|lowest[- ]scor(?:ing|ed)|(?:left|right|top|bottom)[ -]?most|uppermost|lowermost|${COMPASS}(?:ern)?[ -]?most|most ${COMPASS}ern|(?:fur|far)thest ${COMPASS}`;

function orderNamed(words: string): Order | null {
  for (const [pattern, name] of ORDERS) {
    const found = pattern.exec(words);
    if (found) return parseOrder(name(found));
  }
  return null;
}

/** "the largest car", "the car furthest north", "the northernmost one". */
function extremeOf(words: string): Extreme | null {
  const [, first, rest] = new RegExp(`^(?:the )?(${ORDER_WORDS})(?: (.+))?$`).exec(words) ?? [];
  const [, before, behind] = /^(?:the )?(.+?) ((?:fur|far)thest(?: to the)? [a-z]+)$/.exec(words) ?? [];
  const order = orderNamed(first ?? behind?.replace(' to the', '') ?? '');
  if (!order) return null;
  const noun = first === undefined ? before : rest?.replace(/^of /, '');
  if (noun === undefined) return { by: 'order', noun: null, order };
  const named = nounOf(noun);
  return named && { by: 'order', noun: named.noun, order };
}

const OVERLAY = '(?:the |all |all the )?(?:bounding )?(boxes|masks|segment masks)';

/** "hide the cars", "show the cars again", "show only the airplanes", "show all classes". */
function classes(text: string): Command | null {
  if (/^(show|unhide) (all|every) (of )?(the )?(class(es)?|hidden (boxes|objects|classes))( again)?$/.test(text))
    return { kind: 'class', way: 'show', noun: null };
  const [, verb, only, words] =
    /^(hide|show|display|unhide|switch on|switch off|turn on|turn off)(?: me)?( only| just)? (.+?)(?: again)?$/.exec(
      text,
    ) ?? [];
  const noun = words === undefined ? null : classNamed(words.replace(/^(only|just) /, ''));
  if (noun === null) return null;
  const way = only || /^(only|just) /.test(words!) ? 'only' : /^hide|off$/.test(verb!) ? 'hide' : 'show';
  return way === 'only' && verb === 'hide' ? null : { kind: 'class', way, noun };
}

function show(text: string): Command | null {
  const command = (what: string, visible: boolean): Command => ({
    kind: 'show',
    what: what.includes('mask') ? 'masks' : 'boxes',
    visible,
  });
  const [, verb, what] =
    new RegExp(`^(show|hide|display|turn on|turn off|switch on|switch off)(?: me)? ${OVERLAY}(?: again)?$`).exec(
      text,
    ) ?? [];
  if (verb !== undefined) return command(what!, !/hide|off/.test(verb));
  const [, thing, way] = new RegExp(`^(?:(?:turn|switch) )?${OVERLAY} (on|off)$`).exec(text) ?? [];
  return thing === undefined ? null : command(thing, way === 'on');
}

const LOOKS: readonly [RegExp, Look][] = [
  [/^(natural|true|real|normal|rgb)( colou?rs?)?$|^rgb$/, 'Natural'],
  [
    /^((colou?r|near)[- ])?infra[- ]?red( colou?rs?)?$|^(nir|cir)$|^false[- ]colou?rs?( infra[- ]?red)?$/,
    'Colour-infrared',
  ],
  [/^(short[- ]?wave[- ]infra[- ]?red|swir)$/, 'Short-wave infrared'],
  [/^gr[ae]y(scale|[- ]?scale|s)?$|^black and white$/, 'Grey'],
  [/^ndvi$|^vegetation index$/, 'NDVI'],
  [/^ndwi$|^water index$/, 'NDWI'],
];
const IMAGE = '(?:(?:the |this )?(?:image|scene|picture|it|this|map|view|layer|photo|file|everything) )?';

function look(text: string): Command | null {
  const [, bare] =
    new RegExp(
      `^(?:show|display|view|render|see|switch|change|go|set)(?: me)? ${IMAGE}(?:back )?(?:in|as|to|with|using)(?: the)? (.+)$`,
    ).exec(text) ?? [];
  // "Show natural" without "in" would be too little; an index or a name of colours is enough.
  const [, direct] = /^(?:show|display|view|use)(?: me)?(?: the)? (.+)$/.exec(text) ?? [];
  const name = (bare ?? direct)?.replace(/ (view|mode|bands?|composite|rendering|image|map|display|preset)$/, '');
  const found = LOOKS.find(([pattern]) => name !== undefined && pattern.test(name));
  return found ? { kind: 'look', look: found[1] } : null;
}

function wholeView(text: string): Command | null {
  const isWhole =
    /^zoom( all the way)? out( fully| completely| all the way)$/.test(text) ||
    /^zoom all the way out$/.test(text) ||
    /^(fit|show)( me)? (the )?(whole|entire|full) (image|scene|picture|extent|view)( (in|to) (the )?(view|window|screen|map))?$/.test(
      text,
    ) ||
    /^(reset|fit) (the )?(view|zoom|extent)$/.test(text) ||
    /^zoom (to )?(fit|full extent)$/.test(text);
  if (isWhole) return { kind: 'zoom', to: { by: 'image' } };
  const [, way] = /^zoom (in|out)( (a bit|a little|more|further|again))?$/.exec(text) ?? [];
  return way === undefined ? null : { kind: 'zoom', to: { by: 'factor', factor: way === 'in' ? 2 : 0.5 } };
}

function zoom(text: string): Command | null {
  const [, verb, target] =
    /^(zoom(?: in| out)?(?: back)?|go|jump|fly|move|pan|cent(?:er|re)(?: the (?:map|view))?|focus)(?: back)? (?:to|on|onto|into|at) (.+)$/.exec(
      text,
    ) ?? [];
  if (target === undefined) return null;
  const to = targetOf(target, verb!.startsWith('zoom'));
  return to && { kind: 'zoom', to };
}

function targetOf(words: string, isZoom: boolean): ZoomTarget | null {
  if (
    /^((the |this )?((whole|entire|full|complete) )?(image|scene|picture|extent|layer)|everything|(the )?full (extent|view))$/.test(
      words,
    )
  )
    return { by: 'image' };
  if (
    /^(the |my |this )?((marked|drawn|selected|outlined) )?(region|area|rectangle)( (that )?i (drew|marked|have drawn|have marked))?$/.test(
      words,
    )
  )
    return { by: 'region' };
  if (/^(them|these|those|the results?|the last answer|what (you|was) found)$/.test(words)) return { by: 'last' };
  const one = oneOf(words) ?? extremeOf(words);
  if (one || !isZoom) return one;
  const noun = nounOf(words);
  if (!noun) return null;
  return noun.noun === null ? { by: 'last' } : { by: 'noun', noun: noun.noun };
}

function select(text: string): Command | null {
  const [, target] = /^(?:select|pick|choose) (.+)$/.exec(text) ?? [];
  const one = target === undefined ? null : (oneOf(target) ?? extremeOf(target));
  return one && { kind: 'select', thing: one };
}

const LAST = /^(these|those|them|it|this|that|the (last )?(results?|answer))( boxes| objects| results| ones)?$/;
const ALL =
  /^(all( of)?( (the|these|those))?( (boxes|objects|results|answers|detections|masks|of (it|them)))?|everything|(the )?(boxes|objects|answers|detections|masks|findings)|results)$/;

function exporting(text: string): Command | null {
  const [, verb, what, format] =
    /^(export|download|save)(?: (.+?))??(?: (?:to|as|in|into) (?:an? )?(\.?[a-z0-9]+(?: ?json)?)(?: file| format)?)?$/.exec(
      text,
    ) ?? [];
  if (verb === undefined || (what === undefined && format === undefined && verb !== 'export')) return null;
  const isLast = what !== undefined && LAST.test(what);
  if (what === undefined || isLast || ALL.test(what))
    return { kind: 'export', format: format ?? null, answers: isLast ? 'last' : 'all', noun: null };
  const noun = classNamed(what.replace(/^(only|just) /, ''));
  return noun === null ? null : { kind: 'export', format: format ?? null, answers: 'all', noun };
}
