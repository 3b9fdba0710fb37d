import { describe, expect, it } from 'vitest';
import { groundDistanceMetres, gsdAt } from './gsd.ts';
import { makeToLonLat } from './projection.ts';

describe('ground sample distance', () => {
  it('is 1° = 111.32 km along the equator and half of that at 60° north', () => {
    expect(groundDistanceMetres([0, 0], [1, 0])).toBeCloseTo(111319.49, 1);
    const at60 = groundDistanceMetres([0, 60], [1, 60]);
    expect(at60 / 111319.49).toBeCloseTo(0.5, 2);
  });

  it('goes the short way over the antimeridian', () => {
    expect(groundDistanceMetres([179.9, 0], [-179.9, 0])).toBeCloseTo(0.2 * 111319.49, 0);
  });

  it('corrects Web Mercator’s stretched metres: at 60° a pixel of 2 m covers 1 m', () => {
    const toLonLat = makeToLonLat('+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +no_defs')!;
    const y = 8399737.889818357;
    const gsd = gsdAt([0, 2, 0, y, 0, -2], toLonLat, 0.5, 0.5)!;
    expect(gsd.x).toBeCloseTo(1, 2);
    expect(gsd.y).toBeCloseTo(1, 1);
  });
});

describe('makeToLonLat', () => {
  it('is null without a definition, and for one that proj4 can’t read', () => {
    expect(makeToLonLat(null)).toBeNull();
    expect(makeToLonLat('+proj=nonsense')).toBeNull();
  });

  it('gives NaN outside the projection’s domain', () => {
    const toLonLat = makeToLonLat('+proj=longlat +datum=WGS84')!;
    expect(toLonLat(10, 95).some(Number.isNaN)).toBe(true);
  });
});
