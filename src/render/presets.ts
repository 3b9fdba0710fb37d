import type { BandChoice } from '../imagery/image.ts';
import { type Display, RGB } from './display.ts';
import type { RoleBands } from './sensors.ts';

/** A predefined way to show a layer: bands for screen and model, or an index for the screen only. */
export interface Preset {
  name: 'Natural' | 'Colour-infrared' | 'Short-wave infrared' | 'Grey' | 'NDVI' | 'NDWI';
  /** The tooltip. */
  hint: string;
  /** Null keeps the current bands. */
  bands: BandChoice | null;
  display: Display;
}

const colours = (red: number, green: number, blue: number, nir: number | undefined): BandChoice => ({
  red,
  green,
  blue,
  nir: nir ?? null,
});

/**
 * The presets that a file's bands allow. `fallback`: the bands that the file opens with, used if its bands have no
 * roles.
 */
export function presetsOf(roles: RoleBands, fallback: BandChoice): Preset[] {
  const { red, green, blue, swir2 } = roles;
  const nir = roles.nir ?? fallback.nir ?? undefined;
  const presets: Preset[] = [];
  const isGrey = fallback.red === fallback.green && fallback.green === fallback.blue;
  if (red !== undefined && green !== undefined && blue !== undefined) {
    presets.push({
      name: 'Natural',
      hint: 'Red, green and blue as the eye sees them',
      bands: colours(red, green, blue, nir),
      display: RGB,
    });
  } else {
    presets.push({
      name: isGrey ? 'Grey' : 'Natural',
      hint: isGrey ? 'One band, from black to white' : 'The first three bands, in the file’s order',
      bands: fallback,
      display: RGB,
    });
  }
  const [seenRed, seenGreen] = [
    red ?? (isGrey ? undefined : fallback.red),
    green ?? (isGrey ? undefined : fallback.green),
  ];
  if (nir === undefined || seenRed === undefined || seenGreen === undefined) return presets;
  presets.push({
    name: 'Colour-infrared',
    hint: 'Near infrared shown as red: vegetation is red',
    bands: colours(nir, seenRed, seenGreen, nir),
    display: RGB,
  });
  if (swir2 !== undefined) {
    presets.push({
      name: 'Short-wave infrared',
      hint: 'Short-wave infrared, near infrared and red: burns, bare soil, moisture',
      bands: colours(swir2, nir, seenRed, nir),
      display: RGB,
    });
  }
  const ratio = (a: number, b: number) => `(b${a + 1} - b${b + 1}) / (b${a + 1} + b${b + 1})`;
  presets.push(
    {
      name: 'NDVI',
      hint: 'Vegetation index: (near infrared − red) / (near infrared + red)',
      bands: null,
      display: { kind: 'index', name: 'NDVI', expression: ratio(nir, seenRed), ramp: 'vegetation', range: [-0.2, 0.8] },
    },
    {
      name: 'NDWI',
      hint: 'Water index of McFeeters: (green − near infrared) / (green + near infrared)',
      bands: null,
      display: { kind: 'index', name: 'NDWI', expression: ratio(seenGreen, nir), ramp: 'water', range: [-0.6, 0.6] },
    },
  );
  return presets;
}

/** Whether the layer is shown as the preset would show it. */
export function showsPreset(preset: Preset, bands: BandChoice, display: Display): boolean {
  if (preset.display.kind !== display.kind) return false;
  if (preset.display.kind === 'index' && display.kind === 'index') {
    return preset.display.expression === display.expression;
  }
  const { bands: wanted } = preset;
  return (
    wanted !== null &&
    wanted.red === bands.red &&
    wanted.green === bands.green &&
    wanted.blue === bands.blue &&
    wanted.nir === bands.nir
  );
}
