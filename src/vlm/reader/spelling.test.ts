import { describe, expect, it } from 'vitest';
import { distance, Speller } from './spelling.ts';

describe('Speller', () => {
  const speller = new Speller(
    ['how', 'many', 'building', 'buildings', 'trees', 'tree', 'greenhouses'],
    ['tanker', 'roof'],
  );

  it.each([
    ['mny', 'many'],
    ['bulidings', 'buildings'],
    ['tress', 'trees'],
    ['grenhuoses', 'greenhouses'],
  ])('mends "%s" to "%s"', (word, mended) => expect(speller.mend(word)).toBe(mended));

  it('leaves known words, short words, non-words and words far from all others unchanged', () => {
    for (const word of ['tanker', 'roof', 'ho', 'm2', '建', 'elephants']) expect(speller.mend(word)).toBe(word);
  });

  it('chooses the more common of two equally near words', () => {
    expect(new Speller(['tree', 'trek'], []).mend('tre')).toBe('tree');
    expect(new Speller(['trek', 'tree'], []).mend('tre')).toBe('trek');
  });
});

describe('distance', () => {
  it('counts a swap of neighbouring letters as one change', () => {
    expect(distance('bulid', 'build', 2)).toBe(1);
    expect(distance('abc', 'abc', 2)).toBe(0);
    expect(distance('kitten', 'sitting', 3)).toBe(3);
    expect(distance('a', 'abcd', 2)).toBe(3);
  });
});
