import { describe, expect, it } from 'vitest';
import { placesSaid } from './places.ts';
import type { QuestionText } from './question-text.ts';
import { formKinds } from './reader-spec.ts';
import { normalise, splitChinese, splitEnglish } from './units.ts';

function textOf(question: string, regions: Record<string, string> = {}): QuestionText {
  const language = /\p{Script=Han}/u.test(question) ? 'zh' : 'en';
  const plain = normalise(question);
  const units = language === 'zh' ? splitChinese(plain) : splitEnglish(plain);
  const matches = Object.entries(regions).flatMap(([form, name]) => {
    const first = units.findIndex((_, at) => units.slice(at, at + form.length).join('') === form);
    return first < 0 ? [] : [{ first, end: first + form.length, kind: formKinds.region, name }];
  });
  return { language, units, matches, ids: [], owner: [], feats: [] };
}

const said = (question: string, intent = 'compare', regions: Record<string, string> = {}) =>
  placesSaid(textOf(question, regions), normalise(question), intent);

const QUADRANTS = ['top left quadrant', 'top right quadrant', 'bottom left quadrant', 'bottom right quadrant'];

describe('placesSaid', () => {
  it.each([
    ['Are there more cars in the north or in the south?', ['north', 'south']],
    ['compare the upper left with the bottom-right corner', ['top left quadrant', 'bottom right quadrant']],
    ['is the north-western part denser than the SE', ['northwest', 'southeast']],
    ['Which half has more trees, left or right?', ['left half', 'right half']],
    ['trees in the left third vs the right third', ['left third', 'right third']],
    ['more ships in the box I drew or in the centre', ['marked region', 'centre']],
    ['which quadrant has the most buildings', QUADRANTS],
    ['which side has fewer cars', ['left half', 'right half']],
    ['are there more cars in the east', ['east', 'west']],
  ])('reads "%s"', (question, places) => {
    expect(said(question)).toMatchObject({ places: expect.arrayContaining(places), isCompared: true });
    expect(said(question)!.places).toHaveLength(places.length);
  });
  it('reads Chinese', () => {
    const regions = { 北边: 'north', 南边: 'south' };
    expect(said('北边的车多还是南边的多？', 'compare', regions)!.places).toEqual(['north', 'south']);
    expect(said('左右哪边的车多')!.places).toEqual(['left half', 'right half']);
    expect(said('哪个象限的建筑最多？', 'extreme')).toEqual({ places: QUADRANTS, isCompared: true, isLeast: false });
    expect(said('哪里的船最少', 'extreme')).toMatchObject({ places: QUADRANTS, isLeast: true });
  });
  it('asks for the place with the least', () => {
    expect(said('which quadrant contains the fewest trees', 'extreme')).toMatchObject({ isLeast: true });
    expect(said('fewer cars on the left than on the right')).toMatchObject({ isLeast: true });
    expect(said('more cars in the lower half than in the upper half')).toMatchObject({ isLeast: false });
  });
  it('lists places that are only counted in', () => {
    expect(said('how many cars are in the north and how many in the south', 'count')).toEqual({
      places: ['north', 'south'],
      isCompared: false,
      isLeast: false,
    });
  });
  it.each([
    ['where is the largest building', 'extreme'],
    ['which corner is the largest tank in', 'extreme'],
    ['what is the most common object', 'extreme'],
    ['which is the most northern tank', 'extreme'],
    ['where is the most certain car', 'extreme'],
    ['how many cars are in the north west', 'count'],
    ['find cars right next to the left hangar', 'find'],
    ['are there more than 10 cars in the north', 'exists'],
    ['图上有多少辆车', 'count'],
    ['有哪些东西，多谢', 'describe'],
    ['where is the least confident car', 'extreme'],
    ['where are buildings of at least 200 m2', 'find'],
    ['count the cars in the north, right?', 'count'],
    ['哪里有最大的建筑', 'extreme'],
  ])('leaves "%s" as it is', (question, intent) => {
    expect(said(question, intent)).toBeNull();
  });
});
