import { describe, expect, it } from 'vitest';
import { formKinds } from './reader-spec.ts';
import { languageOf, matchChinese, matchEnglish, normalise, splitChinese, splitEnglish } from './units.ts';

const english = new Map([
  ['storage tank', { kind: formKinds.class, name: 'storage tank' }],
  ['tank', { kind: formKinds.class, name: 'storage tank' }],
  ['semi trailer', { kind: formKinds.class, name: 'truck' }],
]);
const chinese = new Map([
  ['停车场', { kind: formKinds.class, name: 'parking lot' }],
  ['车', { kind: formKinds.class, name: 'car' }],
  ['左上角', { kind: formKinds.region, name: 'northwest' }],
]);

describe('units of a question', () => {
  it('recognises the language by its characters', () => {
    expect(languageOf('How many 车 are there?')).toBe('zh');
    expect(languageOf('¿Cuántos coches?')).toBe('en');
  });

  it('normalises compatibility forms, accents and capitals', () => {
    expect(normalise('Roofs > 200 m² — Café’s')).toBe("roofs > 200 m2 — cafe's");
    expect(normalise('２００㎡的車', new Map([['車', '车']]))).toBe('200m2的车');
  });

  it('splits words, numbers and marks, and splits Chinese by characters', () => {
    expect(splitEnglish("what's 200 m2?")).toEqual(['what', "'", 's', '200', 'm2', '?']);
    expect(splitChinese('count一下200辆车')).toEqual(['count', '一', '下', '200', '辆', '车']);
  });

  it('takes the longest entry of the lexicon, across hyphens', () => {
    expect(matchEnglish(['storage', 'tank', 'semi', '-', 'trailer'], english)).toEqual([
      { first: 0, end: 2, kind: 1, name: 'storage tank' },
      { first: 2, end: 5, kind: 1, name: 'truck' },
    ]);
    expect(
      matchChinese([...'左上角停车场的车'], chinese, english).map(({ name, first, end }) => [name, first, end]),
    ).toEqual([
      ['northwest', 0, 3],
      ['parking lot', 3, 6],
      ['car', 7, 8],
    ]);
    expect(matchChinese(['找', 'storage', 'tank'], chinese, english)).toEqual([
      { first: 1, end: 3, kind: 1, name: 'storage tank' },
    ]);
  });
});
