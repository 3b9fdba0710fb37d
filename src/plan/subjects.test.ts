import { describe, expect, it } from 'vitest';
import { kinOf, otherWord, pluralOf, subjectNamed, subjectNames, subjectOf, wordsFor } from './subjects.ts';

describe('subjects', () => {
  it('are named once, in lower case, in both languages', () => {
    expect(new Set(subjectNames).size).toBe(subjectNames.length);
    const all = subjectNames.map((name) => subjectOf(name)!);
    expect(new Set(all.map(({ zh }) => zh)).size).toBe(all.length);
    for (const { name, zh, measure } of all) {
      expect(name).toBe(name.toLowerCase().trim());
      expect(zh).toMatch(/^\p{Script=Han}+$/u);
      expect(measure).toMatch(/^\p{Script=Han}$/u);
    }
  });
  it('are found by name, plural and Chinese name', () => {
    for (const word of ['baseball diamond', 'Baseball diamonds', '棒球场']) {
      expect(subjectNamed(word)?.name).toBe('baseball diamond');
    }
    expect(subjectNamed('water')?.plural).toBeNull();
    expect(subjectNamed('elephant')).toBeNull();
    expect(subjectOf('cars')).toBeNull();
  });
  it('offer those of the same kind', () => {
    expect(kinOf('truck', ['airplane', 'car', 'truck', 'bus'])).toEqual(['car', 'bus']);
    expect(kinOf('other:lorry', ['car'])).toEqual([]);
  });
  it('leave an unknown word as it is', () => {
    expect(otherWord('other:school bus')).toBe('school bus');
    expect(otherWord('bus')).toBeNull();
    expect(wordsFor('other:school bus')).toMatchObject({
      name: 'school bus',
      plural: 'school buses',
      zh: 'school bus',
    });
    expect(wordsFor('other:大象')).toMatchObject({ plural: '大象', zh: '大象' });
  });
});

describe('pluralOf', () => {
  it.each([
    ['elephant', 'elephants'],
    ['church', 'churches'],
    ['ferry', 'ferries'],
    ['highway', 'highways'],
    ['bus', 'buses'],
    ['fire truck', 'fire trucks'],
    ['salesperson', 'salespersons'],
    ['young person', 'young people'],
    ['glass', 'glasses'],
    ['houses', 'houses'],
    ['fox', 'foxes'],
    ['sheep', 'sheep'],
  ])('%s: %s', (word, plural) => {
    expect(pluralOf(word)).toBe(plural);
  });
});
