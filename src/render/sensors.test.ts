import { describe, expect, it } from 'vitest';
import type { BandInfo } from '../imagery/image.ts';
import { presetsOf } from './presets.ts';
import { possibleSensors, recogniseSensor, sensorOf } from './sensors.ts';

const bandsOf = (names: string[], roles: Partial<Record<number, BandInfo['role']>> = {}): BandInfo[] =>
  names.map((name, index) => ({ index, name, role: roles[index] ?? 'unknown' }));
const plain = (count: number) => bandsOf(Array.from({ length: count }, (_, i) => `Band ${i + 1}`));

describe('recogniseSensor', () => {
  it('recognises Sentinel-2 by its bands, in any order', () => {
    const found = recogniseSensor(bandsOf(['B02', 'B03', 'B04', 'B08', 'B11', 'B12']), 'stack.tif');
    expect(found.sensor?.name).toBe('Sentinel-2');
    expect(found.roles).toEqual({ blue: 0, green: 1, red: 2, nir: 3, swir1: 4, swir2: 5 });
    expect(recogniseSensor(bandsOf(['B4', 'B3', 'B2', 'B8']), 'x.tif').roles).toMatchObject({ red: 0, nir: 3 });
  });

  it('recognises Landsat by its names, with near infrared as band 5', () => {
    const names = ['SR_B1', 'SR_B2', 'SR_B3', 'SR_B4', 'SR_B5', 'SR_B6', 'SR_B7'];
    const found = recogniseSensor(bandsOf(names), 'x.tif');
    expect(found.sensor?.name).toBe('Landsat 8/9');
    expect(found.roles).toMatchObject({ blue: 1, green: 2, red: 3, nir: 4, swir1: 5, swir2: 6 });
    const plainNames = names.map((name) => name.slice(3));
    expect(recogniseSensor(bandsOf(plainNames), 'LC08_L2SP_042035_20200101.tif').sensor?.name).toBe('Landsat 8/9');
    // B1 to B7 could be either sensor.
    expect(recogniseSensor(bandsOf(plainNames), 'x.tif')).toMatchObject({ sensor: null, roles: {} });
  });

  it("takes the file's name together with the number of bands", () => {
    expect(recogniseSensor(plain(4), 'm_3411723_ne_11_060_20200522.tif')).toMatchObject({
      sensor: { name: 'NAIP' },
      roles: { red: 0, green: 1, blue: 2, nir: 3 },
    });
    expect(recogniseSensor(plain(4), '20200801_185405_1105_3B_AnalyticMS.tif').roles).toEqual({
      blue: 0,
      green: 1,
      red: 2,
      nir: 3,
    });
    expect(recogniseSensor(plain(8), 'WV03_scene.tif')).toMatchObject({ sensor: { name: 'WorldView-2/3' } });
    // As many bands as NAIP has, or not.
    expect(recogniseSensor(plain(3), 'm_3411723_ne_11_060_20200522.tif')).toMatchObject({ sensor: null, roles: {} });
  });

  it('uses names and colour interpretation, and doesn’t guess from the number of bands', () => {
    const planet = bandsOf(['blue', 'green', 'red', 'nir']);
    expect(recogniseSensor(planet, 'x.tif').roles).toEqual({ blue: 0, green: 1, red: 2, nir: 3 });
    const words = bandsOf(['Coastal', 'Blue', 'Green', 'Yellow', 'Red', 'Red Edge', 'NIR1', 'NIR2']);
    expect(recogniseSensor(words, 'x.tif').roles).toMatchObject({ red: 4, 'red-edge': 5, nir: 6 });
    const rgb = bandsOf(['Band 1', 'Band 2', 'Band 3'], { 0: 'red', 1: 'green', 2: 'blue' });
    expect(recogniseSensor(rgb, 'x.tif').roles).toEqual({ red: 0, green: 1, blue: 2 });
    expect(recogniseSensor(plain(8), 'x.tif')).toEqual({ sensor: null, roles: {}, from: '' });
    expect(possibleSensors(plain(8)).map((sensor) => sensor.name)).toEqual(['Planet, 8 bands', 'WorldView-2/3']);
  });
});

describe('sensorOf', () => {
  const info = { bands: bandsOf(['red', 'green', 'blue', 'nir']), fileName: 'm_4012345_ne_11_naip.tif' };

  it('prefers the user’s choice to the file', () => {
    expect(sensorOf('planet-4', info)).toMatchObject({ sensor: { id: 'planet-4' }, roles: { blue: 0, red: 2 } });
    expect(sensorOf(null, info)).toMatchObject({ sensor: { id: 'naip' }, roles: { red: 0, blue: 2 } });
  });
});

describe('presetsOf', () => {
  it('offers what the bands allow', () => {
    const all = presetsOf(
      { red: 3, green: 2, blue: 1, nir: 7, swir2: 12 },
      { red: 0, green: 1, blue: 2, nir: null },
      [],
    );
    expect(all.map((preset) => preset.name)).toEqual([
      'Natural',
      'Colour-infrared',
      'Short-wave infrared',
      'NDVI',
      'NDWI',
    ]);
    expect(all[3]?.display).toMatchObject({ expression: '(b8 - b4) / (b8 + b4)' });
    expect(all[4]?.display).toMatchObject({ expression: '(b3 - b8) / (b3 + b8)' });
    expect(all[1]?.bands).toEqual({ red: 7, green: 3, blue: 2, nir: 7 });
  });

  it('stays with natural or grey without near infrared', () => {
    expect(presetsOf({}, { red: 0, green: 1, blue: 2, nir: null }, []).map((preset) => preset.name)).toEqual([
      'Natural',
    ]);
    expect(presetsOf({}, { red: 0, green: 0, blue: 0, nir: null }, []).map((preset) => preset.name)).toEqual(['Grey']);
  });
});
