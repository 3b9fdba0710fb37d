import type { QuestionReading } from '../types.ts';
import { englishFilter } from './filters.ts';
import { chineseFilter } from './filters-zh.ts';
import type { QuestionText } from './question-text.ts';
import { formKinds, type ReaderSpec, type SentenceHead } from './reader-spec.ts';
import { changedQuantity, mendRelations, quantityOfUnit } from './relations.ts';
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

  const things = thingsOf(text, logits.tags, irregular);
  const anchors = things.filter(({ role }) => role === 'anchor').map(({ name }) => name);
  let order = best('order');
  if (order === 'nearest' || order === 'farthest') order = related(order, anchors.shift());
  let where = best('where');
  if (where === 'near' || where === 'along' || where === 'inside') where = related(where, anchors.shift());
  const describes = intent === 'describe' || intent === 'identify';
  let named = things.filter(({ role }) => role === 'subject');
  if (intent !== 'compare')
    ({ subjects: named, where, order } = mendRelations(text, { subjects: named, where, order }, describes));
  let subjects = [...new Set(named.map(({ name }) => name))];
  const described = subjects.length === 0 ? best('thing') : null;
  if (described) subjects = [described];
  if (subjects.length === 0 && ABOUT_THINGS.has(intent)) {
    const subject = likeliestSubject(text, logits.tags, irregular);
    if (subject) [named, subjects] = [[subject], [subject.name]];
  }
  if (WITHOUT_SUBJECTS.has(intent)) subjects = [];
  // An attribute's possible values are not subjects: "made of asphalt or dirt".
  if (intent === 'attribute') subjects = subjects.slice(0, 1);

  const relative = where?.includes(':') ?? false;
  let quantity = unit ?? (MEASURED.has(intent) ? best('quantity') : null);
  if (intent === 'change') quantity ??= changedQuantity(plain);
  return {
    intent,
    subjects,
    where: where && !where.includes(':') ? regionSaid(text, where) : where,
    order: order && onScreen(plain, order),
    quantity,
    filter: text.language === 'zh' ? chineseFilter(plain, relative) : englishFilter(plain, relative),
    language: text.language,
    certainty: probability * sureness(named),
    alternatives: others.slice(0, 2),
  };
}

const related = (relation: string, anchor: string | undefined) => (anchor ? `${relation}:${anchor}` : null);

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
