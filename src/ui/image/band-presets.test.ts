import { expect, test } from 'vitest';
import type { BandChoice, SceneInfo } from '../../workers/raster/api.ts';
import { bandPresets, sameBands } from './band-presets.ts';

const sceneWith = (defaultBands: BandChoice) => ({ defaultBands }) as SceneInfo;

test('near infrared gives a colour-infrared preset: NIR, red, green', () => {
  const presets = bandPresets(sceneWith({ red: 0, green: 1, blue: 2, nir: 3 }));
  expect(presets.map((preset) => preset.name)).toEqual(['Natural', 'Colour-infrared']);
  expect(presets[1]?.bands).toEqual({ red: 3, green: 0, blue: 1, nir: 3 });
});

test('no near infrared, no preset for it; one band is grey', () => {
  expect(bandPresets(sceneWith({ red: 0, green: 1, blue: 2, nir: null })).map((preset) => preset.name)).toEqual([
    'Natural',
  ]);
  expect(bandPresets(sceneWith({ red: 0, green: 0, blue: 0, nir: null })).map((preset) => preset.name)).toEqual([
    'Grey',
  ]);
});

test('bands are the same only if all four are', () => {
  const bands = { red: 0, green: 1, blue: 2, nir: 3 };
  expect(sameBands(bands, { ...bands })).toBe(true);
  expect(sameBands(bands, { ...bands, nir: null })).toBe(false);
});
