import { takesSeveralPlaces } from '../../plan/plan.ts';
import type { QuestionReading } from '../types.ts';
import { asksOtherTime, isBeyond } from './beyond.ts';
import { written } from './chosen.ts';
import { asksBuiltUp, asksDensity, placesSaid } from './places.ts';
import type { QuestionText } from './question-text.ts';
import { formKinds, type ReaderSpec, type SentenceHead } from './reader-spec.ts';
import { asksSpacing, changedQuantity, quantityOfUnit, relationsOf } from './relations.ts';
import { superlativeBefore } from './superlatives.ts';
import { likeliestSubject, type Named, thingsOf } from './things.ts';
import { normalise } from './units.ts';

/** A graph's outputs: f32[labels] for each sentence head, and tags f32[tokens, 3] row-major. */
export type Logits = Record<SentenceHead | 'tags', Float32Array>;

/** Intents whose plans have no subjects. `classify` offers scenes. */
const WITHOUT_SUBJECTS = new Set(['describe', 'identify', 'quality', 'help', 'outside']);
/** Intents that ask about a named thing. */
const ABOUT_THINGS = new Set(['find', 'count', 'exists', 'compare', 'extreme', 'measure', 'attribute']);
const MEASURED = new Set(['measure', 'compare', 'change']);

/** Makes a question's plan from the graph's outputs, the lexicon and the rules. */
export function planFrom(question: string, text: QuestionText, logits: Logits, spec: ReaderSpec): QuestionReading {
  const { labels, irregular } = spec;
  const probabilities = softmax(logits.intent, spec[text.language].temperature);
  const byProbability = probabilities
    .map((probability, k) => ({ intent: labels.intent[k]!, probability }))
    .sort((a, b) => b.probability - a.probability);
  const [{ intent: likeliest, probability }, ...others] = byProbability as [
    (typeof byProbability)[0],
    ...typeof byProbability,
  ];
  const plain = normalise(question, text.language === 'zh' ? spec.simplified : undefined);
  const unit = likeliest === 'count' ? quantityOfUnit(plain) : null;
  const intent = unit ? 'measure' : likeliest;
  const best = (head: SentenceHead) => labels[head][argmax(logits[head])] ?? null;

  const named = thingsOf(text, logits.tags, irregular);
  const describes = intent === 'describe' || intent === 'identify';
  const said = { where: best('where'), order: best('order') };
  const relations = relationsOf(text, named, said, {
    isCompare: intent === 'compare',
    isDistance: intent === 'measure' && best('quantity') === 'distance',
    describes,
  });
  let things = relations.subjects;
  let subjects = [...new Set(things.map(({ name }) => name))];
  const described = subjects.length === 0 ? best('thing') : null;
  if (described) subjects = [described];
  if (subjects.length === 0 && ABOUT_THINGS.has(intent)) {
    const subject = likeliestSubject(text, logits.tags, irregular);
    if (subject) [things, subjects] = [[subject], [subject.name]];
  }
  if (WITHOUT_SUBJECTS.has(intent)) subjects = [];
  // An attribute's possible values are not subjects: "made of asphalt or dirt".
  if (intent === 'attribute') subjects = subjects.slice(0, 1);

  let quantity = unit ?? (MEASURED.has(intent) ? best('quantity') : null);
  if (quantity === 'spacing' && !asksSpacing(plain)) quantity = 'length';
  if (intent === 'change') quantity ??= changedQuantity(plain);
  const linked = written(
    text,
    plain,
    { ...relations, subjects: things },
    { named, isDistance: quantity === 'distance' },
  );
  if (linked.subjects !== things) subjects = linked.subjects.map(({ name }) => name);
  const { where, order } = linked;
  const certaintyOf = (intents: ReadonlySet<string>) =>
    byProbability.reduce((sum, each) => sum + (intents.has(each.intent) ? each.probability : 0), 0) * sureness(things);
  // "Cars near the biggest building": the order was about the building.
  const isFind = intent === 'extreme' && order === null && said.order !== null;
  const reading: QuestionReading = {
    intent: isFind ? 'find' : intent,
    subjects,
    where: where && !where.includes(':') ? regionSaid(text, where) : where,
    order: order && onScreen(plain, order),
    quantity,
    filter: linked.filter,
    language: text.language,
    certainty: isFind ? certaintyOf(LIKE_FIND) : probability * sureness(things),
    alternatives: others.slice(0, 2),
  };
  const hasTopic = certaintyOf(OUTSIDE) >= LEAST_OUTSIDE && isBeyond(plain, text.language);
  if (!KNOWS_BEYOND.has(intent) && (hasTopic || asksOtherTime(plain, text.language))) return outside(reading);
  return withPlaces(reading, { text, plain, things, certaintyOf });
}

/** Intents that are refused anyway, or are about two times. */
const KNOWS_BEYOND = new Set(['outside', 'attribute', 'change']);
const OUTSIDE = new Set(['outside']);
/**
 * From this probability on a question with words of such a topic is taken to be outside. Of generated questions about the
 * picture that have such words beside them 3 % reach it, of outside ones that are read otherwise nine in ten.
 */
const LEAST_OUTSIDE = 0.01;
const BEYOND_CERTAINTY = 0.9;

function outside(reading: QuestionReading): QuestionReading {
  const nothing = { subjects: [], where: null, order: null, quantity: null, filter: null };
  return { ...reading, ...nothing, intent: 'outside', certainty: BEYOND_CERTAINTY };
}

const LIKE_FIND = new Set(['find', 'extreme', 'exists']);
/** Intents that a comparison of places may be taken for. */
const LIKE_PLACES = new Set(['compare', 'extreme', 'count', 'measure', 'exists', 'find', 'identify', 'describe']);

const SIZES: Record<string, string> = { largest: 'area', smallest: 'area', longest: 'length', shortest: 'length' };

/** A question about several places, which the network reads as one about one place or about none. */
function withPlaces(
  reading: QuestionReading,
  from: {
    text: QuestionText;
    plain: string;
    things: readonly Named[];
    certaintyOf(intents: ReadonlySet<string>): number;
  },
): QuestionReading {
  const { text, plain, things, certaintyOf } = from;
  const named = things.filter(({ name }) => !/^other:.*\b(?:built|developed|urban)/.test(name));
  const subjects = [...new Set(named.map(({ name }) => name))];
  if (!LIKE_PLACES.has(reading.intent) || subjects.length > 1) return reading;
  const said = placesSaid(text, plain, reading.intent);
  if (!said) return reading;
  const intent = said.isCompared ? 'compare' : reading.intent;
  if (!takesSeveralPlaces(intent)) return reading;
  // "Is the largest building in the north larger than that in the south?"
  const [superlative] = named.flatMap(({ first }) => superlativeBefore(text, first)?.order ?? []);
  const size = superlative ? SIZES[superlative] : undefined;
  const quantity = size ?? (reading.quantity === 'area' ? 'total area' : reading.quantity);
  return {
    ...reading,
    intent,
    subjects: subjects.length === 0 && asksBuiltUp(plain) ? ['building'] : subjects,
    where: said.places.join(', '),
    order: size ? superlative! : said.isLeast ? 'smallest' : null,
    quantity: quantity ?? (asksDensity(plain) ? 'density' : null),
    certainty: said.isCompared ? certaintyOf(LIKE_PLACES) : reading.certainty,
    alternatives: reading.alternatives.filter((other) => takesSeveralPlaces(other.intent)),
  };
}

/** The lexicon's region if the text contains one that it knows, otherwise the network's. */
function regionSaid(text: QuestionText, where: string): string {
  return text.matches.find(({ kind }) => kind === formKinds.region)?.name ?? where;
}

const SCREEN: Record<string, [words: RegExp, order: string]> = {
  westernmost: [/\bleft|左/, 'leftmost'],
  easternmost: [/\bright|右/, 'rightmost'],
  northernmost: [/\btop|\bupper|\bhighest|上/, 'topmost'],
  southernmost: [/\bbottom|\blower|\blowest|下/, 'bottommost'],
};

/** Left is left on the screen; west is west on the ground. */
function onScreen(question: string, order: string): string {
  const [words, screen] = SCREEN[order] ?? [];
  return words?.test(question) ? screen! : order;
}

/** Probability that the least certain subject is correct. */
function sureness(named: readonly Named[]): number {
  if (named.length === 0) return 1;
  return 1 / (1 + Math.exp(-Math.min(...named.map(({ margin }) => margin))));
}

function softmax(logits: Float32Array, temperature: number): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function argmax(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}
