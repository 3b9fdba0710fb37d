import type { BandChoice, BandInfo } from '../../imagery/image.ts';
import { recogniseSensor } from '../../render/sensors.ts';
import type { BandMeasure } from './gdal-metadata.ts';

type Role = BandInfo['role'];

/** What a file states about its bands. */
export interface BandFacts {
  count: number;
  /** TIFF PhotometricInterpretation: 0 and 1 grey, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr. */
  photometric: number;
  /** TIFF ExtraSamples for the bands after the photometric ones; 1 and 2 mean alpha. */
  extraSamples: readonly number[];
  /** GDAL metadata, per band. */
  descriptions: ReadonlyMap<number, string>;
  colourInterpretations: ReadonlyMap<number, string>;
  measures: ReadonlyMap<number, BandMeasure>;
}

/** Number of samples that a TIFF's PhotometricInterpretation covers; ExtraSamples describes those after them. */
export const photometricBands = (photometric: number): number =>
  photometric === 2 || photometric === 6 ? 3 : photometric === 5 ? 4 : 1;

/** Names and roles as the file states them. `looksLikeAlpha` checks whether a stated alpha band really is one. */
export function describeBands(facts: BandFacts): BandInfo[] {
  const base = photometricBands(facts.photometric);
  return Array.from({ length: facts.count }, (_, index) => {
    const described = facts.descriptions.get(index);
    const interpreted = facts.colourInterpretations.get(index);
    const extra = facts.extraSamples[index - base];
    return {
      index,
      name: described ?? `Band ${index + 1}`,
      role:
        (interpreted && roleFromWords(interpreted)) ||
        (described && roleFromWords(described)) ||
        roleFromPhotometric(index, facts.count, base, extra),
      ...measured(facts.measures.get(index)),
    };
  });
}

function measured({ unit, scale = 1, offset = 0 }: BandMeasure = {}): Pick<BandInfo, 'unit' | 'scaling'> {
  // A scale of 0 would give every sample one value; nobody means that.
  const isScaled = scale !== 0 && (scale !== 1 || offset !== 0);
  return { ...(unit && { unit }), ...(isScaled && { scaling: { scale, offset } }) };
}

function roleFromWords(words: string): Role | null {
  const text = words.trim().toLowerCase();
  if (/^(nir|near[ -]?infra[ -]?red|nir ?\d?|vnir)\b/.test(text)) return 'nir';
  const first = /^(red|green|blue|alpha|gr[ae]y|palette|undefined|unknown)\b/.exec(text)?.[1];
  // "red edge" isn't red.
  if (!first || /^red.?edge/.test(text)) return null;
  if (first === 'gray' || first === 'grey') return 'grey';
  return first === 'undefined' || first === 'unknown' ? null : (first as Role);
}

function roleFromPhotometric(index: number, count: number, base: number, extra: number | undefined): Role {
  if (base === 3 && index < 3 && count >= 3) return (['red', 'green', 'blue'] as const)[index]!;
  if (index >= base && (extra === 1 || extra === 2)) return 'alpha';
  return base === 1 && index === 0 && count <= 2 ? 'grey' : 'unknown';
}

/**
 * Whether a band tagged as alpha really is alpha. NAIP's near infrared is often tagged as alpha; treating it as
 * transparency would hide pixels and lose the band. Real alpha is mostly "opaque": the band passes if, of the samples
 * above 2 % of the largest, at least half are within 2 % of it (lossy compression blurs both ends). An all-zero band
 * passes too: it marks every pixel as empty. `values` is a sample of the band; NaN is skipped.
 */
export function looksLikeAlpha(values: Float32Array): boolean {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  let nonZero = 0;
  let opaque = 0;
  for (const value of values) {
    if (value > 0.02 * largest) nonZero++;
    if (value > 0 && value >= 0.98 * largest) opaque++;
  }
  return opaque * 2 >= nonZero;
}

/** Whether no colour is brighter than its alpha, as must hold after premultiplication. */
export function isPremultiplied(colour: Float32Array, alpha: Float32Array): boolean {
  let bright = 0;
  for (let i = 0; i < alpha.length; i++) {
    if (colour[i]! > alpha[i]!) return false;
    if (colour[i]! > 0) bright++;
  }
  return bright > 0;
}

/**
 * Which bands fill red, green, blue and near infrared at first. In order: the sensor's bands if the names identify a
 * sensor; roles that the file states; the first three bands, or the first one three times if there are fewer. Near
 * infrared is a band with that role, else the fourth of exactly four bands unless it is alpha or has another role:
 * four-band aerial and satellite images are almost always RGB and near infrared, and few files say so.
 */
export function chooseBands(bands: readonly BandInfo[]): BandChoice {
  const { sensor, roles } = recogniseSensor(bands, '');
  if (sensor && roles.red !== undefined && roles.green !== undefined && roles.blue !== undefined) {
    return { red: roles.red, green: roles.green, blue: roles.blue, nir: roles.nir ?? null };
  }
  const byRole = (role: Role) => bands.findIndex((band) => band.role === role);
  const colours = [byRole('red'), byRole('green'), byRole('blue')] as const;
  const stated = byRole('nir');
  const fourth = bands.length === 4 && bands[3]!.role === 'unknown' ? 3 : null;
  const nir = stated >= 0 ? stated : fourth;
  if (colours.every((index) => index >= 0)) {
    return { red: colours[0], green: colours[1], blue: colours[2], nir };
  }
  const usable = bands.filter((band) => band.role !== 'alpha' && band.index !== stated).map((band) => band.index);
  const [first = 0, second, third] = usable;
  if (second === undefined || third === undefined) return { red: first, green: first, blue: first, nir };
  return { red: first, green: second, blue: third, nir };
}
