import type { BandChoice, BandInfo } from '../imagery/image.ts';
import { type Display, RGB } from './display.ts';
import { indexExpression, indexNamed } from './indices.ts';
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
 * roles. `infos`: the file's bands.
 */
export function presetsOf(roles: RoleBands, fallback: BandChoice, infos: readonly BandInfo[]): Preset[] {
  const { red, green, blue, swir2 } = roles;
  const presets: Preset[] = [];
  const isGrey = isGreyChoice(fallback);
  const { nir, red: seenRed, green: seenGreen } = rolesSeen(roles, fallback);
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
  for (const name of ['NDVI', 'NDWI'] as const) {
    const index = indexNamed(name);
    const expression = indexExpression(index, rolesSeen(roles, fallback), infos);
    if (expression === null) continue;
    const { hint, ramp, range } = index;
    presets.push({ name, hint, bands: null, display: { kind: 'index', name, expression, ramp, range } });
  }
  return presets;
}

const isGreyChoice = ({ red, green, blue }: BandChoice) => red === green && green === blue;

/** Roles of bands as the user sees them: what the file doesn't state is by the bands that it opens with. */
export function rolesSeen(roles: RoleBands, fallback: BandChoice): RoleBands {
  const shown: RoleBands = isGreyChoice(fallback)
    ? {}
    : { red: fallback.red, green: fallback.green, blue: fallback.blue };
  return { ...shown, ...(fallback.nir !== null && { nir: fallback.nir }), ...roles };
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
