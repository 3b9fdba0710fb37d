import { describe, expect, it } from 'vitest';
import { type CoordinateSystem, parseCoordinates } from './coordinates.ts';

describe('parseCoordinates', () => {
  it.each([
    ['34.2101, -118.4412', [-118.4412, 34.2101]],
    ['34.2101 -118.4412', [-118.4412, 34.2101]],
    ['34.2101° N 118.4412° W', [-118.4412, 34.2101]],
    ['118.4412 W, 34.2101 N', [-118.4412, 34.2101]],
    ['N34.5 E10', [10, 34.5]],
    [`34°12'36" N 118°26'28.5" W`, [-(118 + 26 / 60 + 28.5 / 3600), 34.21]],
    ['−33.9; 151.2', [151.2, -33.9]],
  ] as const)('reads %s as longitude and latitude', (text, [lon, lat]) => {
    const point = parseCoordinates(text, 'latlon');
    expect(point[0]).toBeCloseTo(lon, 9);
    expect(point[1]).toBeCloseTo(lat, 9);
  });

  it('reads columns and rows', () => {
    expect(parseCoordinates('512, 300.5', 'pixel')).toEqual([512, 300.5]);
  });

  it.each([
    ['', 'latlon'],
    ['34', 'latlon'],
    ['34 N 5 S', 'latlon'],
    ['95, 10', 'latlon'],
    ['34.2, -118.4, 12', 'latlon'],
    ['somewhere', 'latlon'],
    ['1', 'pixel'],
    ['a, b', 'crs'],
  ] as [string, CoordinateSystem][])('refuses “%s”', (text, system) => {
    expect(() => parseCoordinates(text, system)).toThrow(expect.objectContaining({ code: 'COORDINATES_INVALID' }));
  });
});
