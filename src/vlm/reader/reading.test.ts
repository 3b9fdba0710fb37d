import { describe, expect, it } from 'vitest';
import type { QuestionText } from './question-text.ts';
import { formKinds, type ReaderSpec, type SentenceHead } from './reader-spec.ts';
import { type Logits, planFrom } from './reading.ts';
import { asksSpacing, changedQuantity, quantityOfUnit } from './relations.ts';
import { thingsOf } from './things.ts';

const labels: ReaderSpec['labels'] = {
  intent: ['find', 'count', 'help'],
  where: [null, 'left half', 'west', 'near'],
  order: [null, 'westernmost', 'nearest'],
  quantity: [null, 'area'],
  thing: [null, 'parking lot'],
};
const language = { graph: '', temperature: 2, forms: new Map() };
const spec: ReaderSpec = {
  maxTokens: 96,
  labels,
  en: { ...language, vocab: [], domain: [] },
  zh: { ...language, units: [] },
  simplified: new Map(),
  irregular: { people: 'person' },
};

/** One token per unit, between two special tokens. */
function textOf(units: string[], matches: QuestionText['matches'] = [], language: 'en' | 'zh' = 'en'): QuestionText {
  const owner = [-1, ...units.keys(), -1];
  return { language, units, matches, owner, ids: owner.map(() => 0), feats: owner.map(() => 0) };
}

/** Logits of 3 for each unit's tag and 0 for the other tags. */
function tagsOf(tags: string): Float32Array {
  return Float32Array.from([...`O${tags}O`].flatMap((tag) => ['O', 'S', 'A'].map((each) => (each === tag ? 3 : 0))));
}

/** A logit of 4 for each head's given label and 0 for the others. */
function logitsOf(said: Partial<Record<SentenceHead, string>>, tags: string): Logits {
  const of = (head: SentenceHead) =>
    Float32Array.from(labels[head].map((label) => (label === (said[head] ?? null) ? 4 : 0)));
  return {
    intent: of('intent'),
    where: of('where'),
    order: of('order'),
    quantity: of('quantity'),
    thing: of('thing'),
    tags: tagsOf(tags),
  };
}

const tank = { first: 1, end: 2, kind: formKinds.class, name: 'storage tank' };

describe('thingsOf', () => {
  const names = (text: QuestionText, tags: string) =>
    thingsOf(text, tagsOf(tags), spec.irregular).map(({ role, name }) => `${role} ${name}`);

  it('names a thing by the last word that the lexicon knows', () => {
    expect(names(textOf(['oil', 'tanks', '?'], [tank]), 'SSO')).toEqual(['subject storage tank']);
  });

  it('keeps the words of an unknown thing, in the singular', () => {
    expect(names(textOf(['tank', 'turrets'], [{ ...tank, first: 0, end: 1 }]), 'SS')).toEqual([
      'subject other:tank turret',
    ]);
    expect(names(textOf(['find', 'people']), 'OS')).toEqual(['subject other:person']);
    expect(names(textOf(['有', '城', '堡'], [], 'zh'), 'OSS')).toEqual(['subject other:城堡']);
  });

  it('separates the subject from the thing beside it', () => {
    const runway = { first: 3, end: 4, kind: formKinds.class, name: 'runway' };
    expect(names(textOf(['the', 'tanks', 'near', 'runways'], [tank, runway]), 'OSOA')).toEqual([
      'subject storage tank',
      'anchor runway',
    ]);
  });

  it('decides a match as a whole', () => {
    const pool = { first: 0, end: 2, kind: formKinds.class, name: 'swimming pool' };
    const tags = tagsOf('SO');
    tags[4] = 9;
    expect(thingsOf(textOf(['swimming', 'pools'], [pool]), tags, {}).map(({ name }) => name)).toEqual([
      'swimming pool',
    ]);
  });

  it('reads a coast as water only if it is an anchor', () => {
    const coast = { first: 0, end: 1, kind: formKinds.anchor, name: 'water' };
    expect(names(textOf(['coast'], [coast]), 'S')).toEqual(['subject other:coast']);
    expect(names(textOf(['coast'], [coast]), 'A')).toEqual(['anchor water']);
  });
});

describe('changedQuantity', () => {
  it('is an area or a length if something grew or shrank', () => {
    expect(changedQuantity('has the forest grown?')).toBe('area');
    expect(changedQuantity('农田扩大了吗')).toBe('area');
    expect(changedQuantity('is the pier longer now?')).toBe('length');
    expect(changedQuantity('has the number of houses grown?')).toBeNull();
    expect(changedQuantity('what was built?')).toBeNull();
  });
});

describe('asksSpacing', () => {
  it('is not about an average length', () => {
    expect(asksSpacing('what is the average length of the planes?')).toBe(false);
    expect(asksSpacing('飞机的平均长度是多少')).toBe(false);
    expect(asksSpacing('average spacing of the trees')).toBe(true);
    expect(asksSpacing('how far apart are the trees on average')).toBe(true);
  });
});

describe('quantityOfUnit', () => {
  it('is the quantity that the unit measures', () => {
    expect(quantityOfUnit('how many square metres of roof are there?')).toBe('total area');
    expect(quantityOfUnit('有多少公顷湿地')).toBe('total area');
    expect(quantityOfUnit('how many km of track?')).toBe('length');
    expect(quantityOfUnit('how many of the roofs are over 20 m2?')).toBeNull();
    expect(quantityOfUnit('每公顷多少棵树')).toBeNull();
  });
});

describe('planFrom', () => {
  it('joins relations with their anchors', () => {
    const dock = { first: 3, end: 4, kind: formKinds.class, name: 'dock' };
    const text = textOf(['count', 'tanks', 'by', 'docks'], [tank, dock]);
    const plan = planFrom('count tanks by docks', text, logitsOf({ intent: 'count', where: 'near' }, 'OSOA'), spec);
    expect(plan).toMatchObject({
      intent: 'count',
      subjects: ['storage tank'],
      where: 'near:dock',
      order: null,
      filter: null,
    });
  });

  it('drops a relation without an anchor', () => {
    const plan = planFrom(
      'tanks nearby',
      textOf(['tanks', 'nearby']),
      logitsOf({ intent: 'find', where: 'near', order: 'nearest' }, 'SO'),
      spec,
    );
    expect(plan).toMatchObject({ where: null, order: null });
  });

  it('keeps left on the screen and west on the ground', () => {
    const read = (question: string) =>
      planFrom(question, textOf(question.split(' ')), logitsOf({ intent: 'find', order: 'westernmost' }, 'OS'), spec)
        .order;
    expect([read('leftmost car'), read('westernmost car')]).toEqual(['leftmost', 'westernmost']);
  });

  it('reads a thing after a relation as a place, even if its tag differs', () => {
    const pier = { first: 3, end: 4, kind: formKinds.class, name: 'dock' };
    const read = (said: string[], tags: string, intent: string) =>
      planFrom(said.join(' '), textOf(said, [pier]), logitsOf({ intent }, tags), spec);
    expect(read(['gulls', 'on', 'the', 'pier'], 'SOOS', 'count')).toMatchObject({
      subjects: ['other:gull'],
      where: 'inside:dock',
    });
    expect(read(['buoy', 'closest', 'to', 'pier'], 'SOOS', 'find')).toMatchObject({
      subjects: ['other:buoy'],
      order: 'nearest:dock',
    });
    expect(read(['gulls', 'and', 'a', 'pier'], 'SOOS', 'count').subjects).toEqual(['other:gull', 'dock']);
    expect(read(['near', 'to', 'the', 'pier'], 'OOOS', 'count').subjects).toEqual(['dock']);
  });

  it('uses the likeliest word as the subject if a plan must have one', () => {
    const unsure = logitsOf({ intent: 'find' }, 'OOO');
    unsure.tags.set([3, 2, 0], 6);
    expect(planFrom('find the weir', textOf(['find', 'weir', 'here']), unsure, spec).subjects).toEqual(['other:weir']);
    expect(
      planFrom('find the weir', textOf(['find', 'weir', 'here']), logitsOf({ intent: 'help' }, 'OOO'), spec).subjects,
    ).toEqual([]);
    const none = logitsOf({ intent: 'count' }, 'OO');
    none.tags.set([9, 0, 0, 3, 2, 0], 3);
    expect(planFrom('count them', textOf(['count', 'them']), none, spec).subjects).toEqual([]);
  });

  it('names a thing that is only described', () => {
    const plan = planFrom(
      'where to park',
      textOf(['where', 'to', 'park']),
      logitsOf({ intent: 'find', thing: 'parking lot' }, 'OOO'),
      spec,
    );
    expect(plan.subjects).toEqual(['parking lot']);
  });

  it('gives a question for help no subject and no quantity', () => {
    const plan = planFrom(
      'help with tanks',
      textOf(['help', 'tanks'], [tank]),
      logitsOf({ intent: 'help', quantity: 'area' }, 'OS'),
      spec,
    );
    expect(plan).toMatchObject({ subjects: [], quantity: null });
  });

  it('is as certain as the intent and its least sure subject', () => {
    const plan = planFrom('count tanks', textOf(['count', 'tanks'], [tank]), logitsOf({ intent: 'count' }, 'OS'), spec);
    // Softmax of (0, 4, 0) / 2, and a tag margin of 3.
    const intent = Math.exp(2) / (Math.exp(2) + 2);
    expect(plan.certainty).toBeCloseTo(intent / (1 + Math.exp(-3)), 5);
    expect(plan.alternatives.map(({ probability }) => probability)).toEqual([
      expect.closeTo(1 / (Math.exp(2) + 2)),
      expect.closeTo(1 / (Math.exp(2) + 2)),
    ]);
  });
});
