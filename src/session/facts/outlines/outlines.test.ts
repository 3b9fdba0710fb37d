import { describe, expect, it } from 'vitest';
import type { Point } from '../../../geo/types.ts';
import { sentenceOf } from '../country-facts.ts';
import { locate } from './locate.ts';
import { loadOutlines } from './outlines.ts';

const outlines = await loadOutlines();
const at = (lon: number, lat: number, ...more: Point[]) => locate([[lon, lat], ...more], outlines);
const names = (found: readonly { name: string }[]) => found.map(({ name }) => name).sort();

describe('places that an atlas tells', () => {
  it.each<[string, number, number, string]>([
    ['Bern', 7.447, 46.948, 'Switzerland'],
    ['Nairobi', 36.822, -1.292, 'Kenya'],
    ['Kathmandu', 85.324, 27.717, 'Nepal'],
    ['Canberra', 149.13, -35.281, 'Australia'],
    ['Chengdu', 104.066, 30.572, 'China'],
    ['Denver', -104.99, 39.739, 'United States of America'],
    ['Ulaanbaatar', 106.917, 47.921, 'Mongolia'],
  ])('%s lies in one country, far from the others', (_, lon, lat, name) => {
    expect(at(lon, lat)).toMatchObject({ atSea: 'none', near: [] });
    expect(names(at(lon, lat).inside)).toEqual([name]);
  });

  it('lie in an enclave, not in the country around it', () => {
    // Thaba-Tseka, in the middle of Lesotho.
    expect(names(at(28.608, -29.522).inside)).toEqual(['Lesotho']);
  });

  it('near a border may lie on its other side', () => {
    // Geneva is 4 km from France; Basel lies where three countries meet.
    expect(names(at(6.143, 46.204).inside.concat(at(6.143, 46.204).near))).toEqual(['France', 'Switzerland']);
    const basel = at(7.589, 47.56);
    expect(names([...basel.inside, ...basel.near])).toEqual(['France', 'Germany', 'Switzerland']);
    expect(sentenceOf(at(6.143, 46.204), 'en')).toMatch(/within 20 km, so it may be there\.$/);
  });

  it('are at sea, or on a coast', () => {
    expect(at(-40, 30)).toEqual({ inside: [], near: [], atSea: 'all', nearCoast: false });
    expect(sentenceOf(at(-40, 30), 'en')).toBe('By coarse outlines it lies at sea, more than 20 km from any country.');
    // Los Angeles, Venice Beach, and the Pacific 10 km off it.
    expect(at(-118.47, 33.99).nearCoast).toBe(true);
    expect(names(at(-118.6, 33.94).near)).toEqual(['United States of America']);
    expect(sentenceOf(at(-118.6, 33.94), 'en')).toBe(
      'By coarse outlines it lies at sea, within 20 km of the United States; it may be on the coast there.',
    );
    expect(at(-118.3, 34.05, [-119.5, 33.3]).atSea).toBe('some');
  });

  it('have no border at the date line', () => {
    // Chukotka, on both sides of 180°.
    for (const lon of [179.99, -179.99]) {
      expect(at(lon, 67.5)).toMatchObject({ near: [], atSea: 'none', nearCoast: false });
      expect(names(at(lon, 67.5).inside)).toEqual(['Russia']);
    }
  });

  it('are found around the pole', () => {
    expect(names(at(0, -89.5).inside)).toEqual(['Antarctica']);
    expect(names(at(100, -80).inside)).toEqual(['Antarctica']);
    expect(at(100, -50).atSea).toBe('all');
  });

  it('are named in both languages', () => {
    expect(sentenceOf(at(104.066, 30.572), 'zh')).toBe('按粗略轮廓，它位于中国。');
    expect(sentenceOf(at(7.447, 46.948), 'en')).toBe('By coarse outlines it lies in Switzerland.');
    expect(sentenceOf(at(7.447, 46.948, [2.35, 48.86]), 'en')).toMatch(
      /^By coarse outlines it spans (France|Switzerland) and /,
    );
  });
});
