import { describe, expect, it } from 'vitest';
import { pathLengthMetres, ringAreaSquareMetres } from './ground-measure.ts';

describe('pathLengthMetres', () => {
  it('gives the published length from JFK to LHR', () => {
    // Karney (2013), example in GeographicLib's documentation: 40.6° N 73.8° W to 51.6° N 0.5° W is 5551.759 km.
    const metres = pathLengthMetres([
      [-73.8, 40.6],
      [-0.5, 51.6],
    ]);
    expect(metres / 1000).toBeCloseTo(5551.759, 2);
  });
  it('adds legs, and is 0 for a point', () => {
    const a = [10, 50] as const;
    const b = [10.001, 50] as const;
    expect(pathLengthMetres([a, b, a])).toBeCloseTo(2 * pathLengthMetres([a, b]), 6);
    expect(pathLengthMetres([a])).toBe(0);
  });
});

describe('ringAreaSquareMetres', () => {
  const ring = [
    [179.99, 10],
    [-179.99, 10],
    [-179.99, 10.01],
    [179.99, 10.01],
  ] as const;
  it('works across the antimeridian and for both orientations', () => {
    const shifted = ring.map(([lon, lat]) => [lon > 0 ? lon - 180 : lon + 180, lat] as const);
    expect(ringAreaSquareMetres(ring)).toBeCloseTo(ringAreaSquareMetres(shifted), 3);
    expect(ringAreaSquareMetres([...ring].reverse())).toBeCloseTo(ringAreaSquareMetres(ring), 3);
  });
  it('is what a small rectangle measures', () => {
    const [width, height] = [pathLengthMetres([ring[0], ring[1]]), pathLengthMetres([ring[1], ring[2]])];
    expect(Math.abs(ringAreaSquareMetres(ring) / (width * height) - 1)).toBeLessThan(1e-4);
    expect(ringAreaSquareMetres(ring.slice(0, 2))).toBe(0);
  });
});
