import { type NamedBand, namedBands } from '../../../imagery/image.ts';
import { NadirError } from '../../../lib/errors.ts';
import { type RoleBands, sensorOf } from '../../../render/sensors.ts';
import type { ModelBand } from '../../../vlm/types.ts';
import type { Answer, OpenScene } from '../../document.ts';

/** Of a band's wavelength: how far off it a band of the image may be centred. */
const NEAR = 0.05;

type Scene = Pick<OpenScene, 'info' | 'bands' | 'sensor'>;

/**
 * Where an image has the bands that a model reads, in the model's order. Red, green, blue and near infrared are those that the
 * user sees or chose; any other is the one that the sensor has for it, that has its name, or that states its wavelength.
 * Optional bands that the image lacks are left out. Errors: MODEL_BAND_MISSING.
 */
export function inputBandsFor(bands: readonly ModelBand[], scene: Scene): NamedBand[] {
  const { roles } = sensorOf(scene.sensor, scene.info);
  return bands.flatMap((band) => {
    const source = sourceOf(band, scene, roles);
    if (source !== null) return [{ name: band.name, source }];
    if (band.optional) return [];
    throw missing(band, scene);
  });
}

/** The bands that an answer's model got. Answers of earlier versions name only the choice. */
export function inputBandsOf({ inputBands, bands }: Pick<Answer, 'inputBands' | 'bands'>): readonly NamedBand[] {
  return inputBands ?? namedBands(bands);
}

function sourceOf({ name, wavelengthNm }: ModelBand, { info, bands }: Scene, roles: RoleBands): number | null {
  const chosen: Partial<Record<string, number | null>> = { ...bands };
  if (chosen[name] !== undefined) return chosen[name];
  const byRole = (roles as Partial<Record<string, number>>)[name];
  if (byRole !== undefined) return byRole;
  const byName =
    info.bands.find((each) => compact(each.name) === compact(name)) ??
    info.bands.find((each) => wordsOf(each.name).includes(compact(name)));
  return (byName ?? nearest(info.bands, wavelengthNm))?.index ?? null;
}

/** The band whose stated wavelength is nearest, if it is near. */
function nearest<Band extends { name: string }>(bands: readonly Band[], wavelengthNm: number | null): Band | null {
  if (wavelengthNm === null) return null;
  const off = (band: Band) => Math.abs((statedNm(band.name) ?? Number.POSITIVE_INFINITY) - wavelengthNm);
  const [best] = [...bands].sort((a, b) => off(a) - off(b));
  return best && off(best) <= NEAR * wavelengthNm ? best : null;
}

/** "B11 (1610 nm)" → 1610, "1.61 µm" → 1610; null where a band's name states no wavelength. */
function statedNm(name: string): number | null {
  const [, number, unit] = /(\d+(?:\.\d+)?)\s*(nm|µm|μm|um)\b/i.exec(name) ?? [];
  if (number === undefined) return null;
  return Number(number) * (unit?.toLowerCase() === 'nm' ? 1 : 1000);
}

const compact = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const wordsOf = (name: string) => name.toLowerCase().split(/[^a-z0-9]+/);

function missing({ name, wavelengthNm }: ModelBand, { info }: Scene): NadirError {
  const what = wavelengthNm === null ? `"${name}"` : `"${name}" (${wavelengthNm} nm)`;
  const has = info.bands.map((band) => band.name).join(', ');
  const choose = name === 'nir' ? 'its near infrared band (NIR, under “Bands”)' : 'its sensor, if that has the band';
  return new NadirError(
    'MODEL_BAND_MISSING',
    `The model needs the band ${what}, and ${info.fileName} has none that is known as it: its bands are ${has}. Choose ${choose}, open an image that has it, or use another model.`,
    { details: { band: name, fileName: info.fileName } },
  );
}
