import { describe, expect, it } from 'vitest';
import type { BandTile } from '../../imagery/tiles.ts';
import { normalise } from './normalise.ts';

const band = (name: string, mean: number, std: number, optional = false) => ({
  name,
  wavelengthNm: null,
  mean,
  std,
  optional,
});
/** A model with six bands and tiles of one pixel. */
const manifest = {
  bands: [
    band('red', 0.5, 0.25),
    band('green', 0.5, 0.25),
    band('blue', 0.5, 0.25),
    band('nir', 0.25, 0.5, true),
    band('swir1', 0.125, 0.125),
    band('swir2', 0, 2, true),
  ],
  slicing: { default: 'auto' as const, tile: 1, overlap: 0, maxSlices: 1 },
};
const tile = (bands: string[], data: number[]): BandTile => ({
  width: 1,
  height: 1,
  bands,
  validFraction: 1,
  valid: null,
  data: Float32Array.from(data),
});

describe('normalise', () => {
  it('finds bands by name, whatever their order', () => {
    const read = tile(['swir2', 'red', 'vv', 'swir1', 'blue', 'green', 'nir'], [1, 0.75, 9, 0.25, 0.5, 0, 1]);
    // red (0.75 − 0.5) / 0.25, green (0 − 0.5) / 0.25, blue 0, nir (1 − 0.25) / 0.5, swir1 (0.25 − 0.125) / 0.125, swir2 1 / 2
    expect([...normalise(manifest, read)]).toEqual([1, -2, 0, 1.5, 1, 0.5]);
  });

  it('gives 0 for optional bands that are missing', () => {
    const read = tile(['red', 'green', 'blue', 'swir1'], [0.75, 0.75, 0.75, 0]);
    expect([...normalise(manifest, read)]).toEqual([1, 1, 1, 0, -1, 0]);
  });

  it('names a required band that is missing', () => {
    expect(() => normalise(manifest, tile(['red', 'green', 'blue', 'nir'], [0, 0, 0, 0]))).toThrow(
      expect.objectContaining({ code: 'MODEL_BAND_MISSING', details: { band: 'swir1' } }),
    );
  });

  it.each([
    ['another size', { ...tile(['red'], [0]), width: 2 }],
    ['other numbers of values and bands', tile(['red', 'green'], [0, 0, 0])],
  ])('refuses %s', (_, read) => {
    expect(() => normalise(manifest, read)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});
