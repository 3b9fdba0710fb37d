import type { BandInfo } from '../../imagery/image.ts';
import { describeBands, isPremultiplied, looksLikeAlpha, photometricBands } from '../open/bands.ts';
import type { GdalMetadata } from '../open/gdal-metadata.ts';
import { bandNodata, NO_NODATA, type Nodata } from '../read/nodata.ts';
import type { PamBandFacts } from '../sidecars/pam-bands.ts';
import { type Directory, numberOf, numbersOf, type TiffFile } from './directory.ts';
import { type ImageLayout, unsupportedLayout } from './layout.ts';
import { TAG } from './tags.ts';

/**
 * How stored samples become the scene's bands. Computed colours come first (three for a palette or CMYK), then stored
 * samples unchanged.
 */
export interface Channels {
  colours:
    | null
    /** Index → red, green, blue, 0–255 each; `lut[channel * size + index]`. */
    | { kind: 'palette'; lut: Uint8Array; size: number }
    | { kind: 'cmyk'; max: number };
  /** The stored sample of each band after the colours. */
  samples: readonly number[];
  /** WhiteIsZero: the first sample is shown as `inverted` − value. Null: unchanged. */
  inverted: number | null;
}

const COLOURS = ['red', 'green', 'blue'] as const;
const INKS = [0, 1, 2, 3];
/** ExtraSamples: alpha that the colours are premultiplied by. */
const ASSOCIATED = 1;

/** Errors: TIFF_LAYOUT_UNSUPPORTED, TIFF_CORRUPT, TIFF_TRUNCATED. */
export async function readChannels(file: TiffFile, directory: Directory, layout: ImageLayout): Promise<Channels> {
  const { bits, samplesPerPixel, extraSamples } = layout;
  const largest = 2 ** bits - 1;
  const isUnsigned = layout.sampleType.startsWith('uint');
  const all = Array.from({ length: samplesPerPixel }, (_, sample) => sample);
  const direct: Channels = { colours: null, samples: all, inverted: null };
  switch (layout.photometric) {
    case 0: {
      // A grey image, perhaps with extra samples. Several bands that aren't declared as extra samples stay unchanged,
      // as in GDAL.
      const isGrey = samplesPerPixel - extraSamples.length <= 1;
      return isGrey && isUnsigned && bits <= 16 ? { ...direct, inverted: largest } : direct;
    }
    case 3: {
      const map = await numbersOf(file, directory, TAG.colorMap);
      const size = 2 ** bits;
      if (!map || map.length < 3 * size || bits > 16) return direct;
      // The colour map has 16 bits per colour; some writers use only 8 of them.
      const scale = map.some((value) => value > 255) ? 257 : 1;
      const lut = Uint8Array.from(map, (value) => Math.floor(value / scale));
      // The scene's samples are bytes, like its colours. Wider extra samples don't fit.
      return { colours: { kind: 'palette', lut, size }, samples: bits <= 8 ? all.slice(1) : [], inverted: null };
    }
    case 5: {
      const isCmyk = samplesPerPixel >= 4 && isUnsigned && (await numberOf(file, directory, TAG.inkSet, 1)) === 1;
      return isCmyk ? { colours: { kind: 'cmyk', max: largest }, samples: all.slice(4), inverted: null } : direct;
    }
    case 8:
    case 9:
    case 10:
      throw unsupportedLayout('colours in CIE L*a*b*');
    case 32844:
    case 32845:
      throw unsupportedLayout('colours in CIE LogLuv');
    case 32803:
      throw unsupportedLayout('raw sensor data (a colour filter array)');
    default:
      return direct;
  }
}

/**
 * The scene's bands, and the stored sample that holds transparency: one that the file tags as alpha and that looks like
 * alpha; null if there is none. `sampled` reads some values of a stored sample.
 */
export async function describeChannels(
  layout: ImageLayout,
  channels: Channels,
  own: GdalMetadata,
  beside: PamBandFacts,
  nodata: readonly Nodata[],
  sampled: (sample: number) => Promise<Float32Array>,
): Promise<{ bands: BandInfo[]; alphaSample: number | null }> {
  const descriptions = new Map([...own.descriptions, ...beside.descriptions]);
  const stored = describeBands({
    count: layout.samplesPerPixel,
    photometric: layout.photometric,
    extraSamples: layout.extraSamples,
    descriptions,
    colourInterpretations: new Map([...own.colourInterpretations, ...beside.colourInterpretations]),
    measures: new Map(
      [...own.measures, ...beside.measures].map(([band]) => [
        band,
        { ...own.measures.get(band), ...beside.measures.get(band) },
      ]),
    ),
  });
  const { colours, samples } = channels;
  for (const band of stored) {
    // A palette image has no near infrared.
    if (band.role !== 'alpha' || colours?.kind === 'palette') continue;
    const values = await sampled(band.index);
    const associated = layout.extraSamples[band.index - photometricBands(layout.photometric)] === ASSOCIATED;
    const believed = looksLikeAlpha(values) || (associated && isPremultiplied(await sampled(0), values));
    if (!believed) band.role = 'unknown';
  }
  const alpha = stored.findIndex((band) => band.role === 'alpha');
  const from = colours?.kind === 'cmyk' ? 'CMYK' : 'palette';
  const computed = colours ? COLOURS.map((role, index) => ({ index, name: `${role} (from ${from})`, role })) : [];
  const passed = samples.map((sample, i): BandInfo => {
    const band = stored[sample]!;
    const extra = band.role === 'alpha' ? 'alpha' : `sample ${sample + 1}`;
    const name = colours ? (descriptions.get(sample) ?? extra) : band.name;
    return { ...band, index: computed.length + i, name, ...bandNodata(nodata[sample] ?? NO_NODATA) };
  });
  return { bands: [...computed, ...passed], alphaSample: alpha >= 0 ? alpha : null };
}

/** The stored samples that the bands are made of, without duplicates. */
export function storedSamples({ colours, samples }: Channels, bands: readonly number[]): number[] {
  const needed = bands.flatMap((band) => {
    if (!colours) return samples[band]!;
    if (band >= COLOURS.length) return samples[band - COLOURS.length]!;
    return colours.kind === 'palette' ? 0 : INKS;
  });
  return [...new Set(needed)];
}

/**
 * Converts planes of `stored` samples (those of `needed`, in order; taken over) to one plane per band, each owned by
 * the caller.
 */
export function toBands(
  channels: Channels,
  bands: readonly number[],
  needed: readonly number[],
  stored: Float32Array<ArrayBuffer>[],
): Float32Array<ArrayBuffer>[] {
  const { colours, samples, inverted } = channels;
  const plane = (sample: number) => stored[needed.indexOf(sample)]!;
  const given = new Set<number>();
  return bands.map((band) => {
    if (colours?.kind === 'palette' && band < COLOURS.length) {
      return plane(0).map((index) => colours.lut[band * colours.size + index] ?? Number.NaN);
    }
    if (colours?.kind === 'cmyk' && band < COLOURS.length) {
      const black = plane(3);
      return plane(band).map((ink, i) => brightnessOf(ink, black[i]!, colours.max));
    }
    const sample = samples[colours ? band - COLOURS.length : band]!;
    if (inverted !== null && sample === 0) return plane(0).map((value) => inverted - value);
    if (given.has(sample)) return plane(sample).slice();
    given.add(sample);
    return plane(sample);
  });
}

/** The brightness left by an ink and black. Rounds down, as libtiff does. */
const brightnessOf = (ink: number, black: number, max: number): number =>
  Math.floor(((max - ink) * (max - black)) / max);

/** The exact values of all bands at one pixel, from all its stored samples. WhiteIsZero stays as stored, as in GDAL. */
export function pixelOf({ colours, samples }: Channels, stored: readonly number[]): number[] {
  const passed = samples.map((sample) => stored[sample]!);
  if (!colours) return passed;
  const computed = COLOURS.map((_, channel) => {
    if (colours.kind === 'palette') return colours.lut[channel * colours.size + stored[0]!] ?? 0;
    return brightnessOf(stored[channel]!, stored[3]!, colours.max);
  });
  return [...computed, ...passed];
}
