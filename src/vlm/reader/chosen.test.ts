import { describe, expect, it } from 'vitest';
import { written } from './chosen.ts';
import type { QuestionText } from './question-text.ts';
import { formKinds } from './reader-spec.ts';
import { relationsOf } from './relations.ts';
import { superlativeBefore } from './superlatives.ts';
import type { Named } from './things.ts';
import { normalise, splitChinese, splitEnglish } from './units.ts';

const WORDS: Record<string, string> = {
  car: 'car',
  cars: 'car',
  trees: 'tree',
  tank: 'storage tank',
  tanks: 'storage tank',
  building: 'building',
  buildings: 'building',
  runway: 'runway',
  车: 'car',
  建筑: 'building',
  油罐: 'storage tank',
  跑道: 'runway',
};

/** A question whose known things have the given roles, in their order: S for a subject, A for an anchor. */
function asked(question: string, roles: string) {
  const plain = normalise(question);
  const language = /\p{Script=Han}/u.test(question) ? ('zh' as const) : ('en' as const);
  const units = language === 'zh' ? splitChinese(plain) : splitEnglish(plain);
  const matches: QuestionText['matches'] = [...units.keys()].flatMap((first) =>
    [1, 2].flatMap((length) => {
      const name = WORDS[units.slice(first, first + length).join('')];
      return name ? [{ first, end: first + length, kind: formKinds.class, name }] : [];
    }),
  );
  const text: QuestionText = { language, units, matches, ids: [], owner: [], feats: [] };
  const named: Named[] = matches.flatMap(({ name, first, end }, i) =>
    roles[i] === 'O' || !roles[i]
      ? []
      : [{ role: roles[i] === 'S' ? 'subject' : 'anchor', name, margin: 3, first, end }],
  );
  return { text, plain, named };
}

/** What is read from a question, given what the network says of it. */
function read(
  question: string,
  roles: string,
  {
    where = null,
    order = null,
    isDistance = false,
  }:
    | { where?: string; order?: string; isDistance?: boolean }
    | { where?: null; order?: null; isDistance?: boolean } = {},
) {
  const { text, plain, named } = asked(question, roles);
  const relations = relationsOf(text, named, { where, order }, { isCompare: false, isDistance, describes: false });
  const { subjects, ...rest } = written(text, plain, relations, { named, isDistance });
  return { subjects: subjects.map(({ name }) => name), ...rest };
}

describe('superlativeBefore', () => {
  const chosenBy = (question: string) => {
    const { text, named } = asked(question, 'SSS');
    return superlativeBefore(text, named.at(-1)!.first);
  };
  it('reads an order and a number', () => {
    expect(chosenBy('the largest tank')).toEqual({ order: 'largest', n: null });
    expect(chosenBy('the three biggest buildings')).toEqual({ order: 'largest', n: 3 });
    expect(chosenBy('smallest 2 of the tanks')).toEqual({ order: 'smallest', n: 2 });
    expect(chosenBy('the most northern tank')).toEqual({ order: 'northernmost', n: null });
    expect(chosenBy('most westerly building')).toEqual({ order: 'westernmost', n: null });
    expect(chosenBy('最大的油罐')).toEqual({ order: 'largest', n: null });
    expect(chosenBy('最北边的两栋建筑')).toEqual({ order: 'northernmost', n: 2 });
    expect(chosenBy('the large tank')).toBeNull();
    expect(chosenBy('largest car near the tank')).toBeNull();
  });
});

describe('what is measured from', () => {
  it('is chosen by a superlative', () => {
    expect(read('which car is closest to the northernmost tank', 'SA', { order: 'nearest' })).toMatchObject({
      subjects: ['car'],
      order: 'nearest:northernmost storage tank',
    });
    // The network takes the superlative for the order asked for.
    expect(read('cars within 50 m of the biggest building', 'SA', { where: 'near', order: 'largest' })).toEqual({
      subjects: ['car'],
      where: 'near:largest building',
      order: null,
      filter: 'distance<50 m',
    });
    expect(read('cars near the three largest buildings', 'SS', { order: 'largest' })).toMatchObject({
      subjects: ['car'],
      where: 'near:largest building (top 3)',
      order: null,
      filter: null,
    });
  });
  it('leaves the superlative of what is asked about', () => {
    expect(
      read('largest tank near the northernmost building', 'SA', { where: 'near', order: 'northernmost' }),
    ).toMatchObject({
      where: 'near:northernmost building',
      order: 'largest',
    });
    expect(read('two largest buildings near the runway', 'SA', { where: 'near', order: 'largest' })).toMatchObject({
      where: 'near:runway',
      order: 'largest',
      filter: 'top 2',
    });
  });
  it('is chosen by a size', () => {
    expect(read('cars within 15 m of buildings larger than 1,000.5 m²', 'SA', { where: 'near' })).toMatchObject({
      where: 'near:building (area>1000.5 m2)',
      filter: 'distance<15 m',
    });
    expect(read('cars near the building within 50 m', 'SA', { where: 'near' })).toMatchObject({
      where: 'near:building',
      filter: 'distance<50 m',
    });
    expect(read('面积大于500平方米的建筑附近的车', 'AS', { where: 'near' })).toMatchObject({
      where: 'near:building (area>500 m2)',
      filter: null,
    });
  });
  it('is the other end of a distance', () => {
    const isDistance = true;
    expect(
      read('how far is the largest tank from the nearest building', 'SA', { order: 'farthest', isDistance }),
    ).toMatchObject({
      subjects: ['building'],
      order: 'nearest:largest storage tank',
    });
    expect(
      read('from the northernmost tank to the southernmost tank', 'SS', { order: 'northernmost', isDistance }),
    ).toMatchObject({
      subjects: ['storage tank'],
      order: 'northernmost',
      where: 'near:southernmost storage tank',
    });
    expect(read('最大的建筑离跑道多远', 'SA', { order: 'largest', isDistance })).toMatchObject({
      order: 'largest',
      where: 'near:runway',
    });
    expect(read('which tank is farthest from the largest building', 'SA', { order: 'farthest' })).toMatchObject({
      order: 'farthest:largest building',
    });
  });
  it('is found in Chinese where the network took it for the subject', () => {
    expect(read('哪辆车离最北边的油罐最近？', 'OS', { order: 'northernmost' })).toMatchObject({
      subjects: ['car'],
      order: 'nearest:northernmost storage tank',
    });
    expect(read('最大的建筑50米内有多少辆车？', 'SS')).toEqual({
      subjects: ['car'],
      where: 'near:largest building',
      order: null,
      filter: 'distance<50 m',
    });
  });
});
