import type { BandChoice, SceneInfo } from '../../workers/raster/api.ts';

export interface BandPreset {
  name: 'Natural' | 'Colour-infrared' | 'Grey';
  bands: BandChoice;
}

/** Ready-made band choices: as the file opens, and, where it has near infrared, that shown as red. */
export function bandPresets(info: SceneInfo): BandPreset[] {
  const natural = info.defaultBands;
  const isGrey = natural.red === natural.green && natural.green === natural.blue;
  const presets: BandPreset[] = [{ name: isGrey ? 'Grey' : 'Natural', bands: natural }];
  if (natural.nir !== null && !isGrey) {
    presets.push({
      name: 'Colour-infrared',
      bands: { red: natural.nir, green: natural.red, blue: natural.green, nir: natural.nir },
    });
  }
  return presets;
}

export function sameBands(a: BandChoice, b: BandChoice): boolean {
  return a.red === b.red && a.green === b.green && a.blue === b.blue && a.nir === b.nir;
}
