import type { BandInfo } from '../../imagery/image.ts';
import { NO_NODATA } from '../read/nodata.ts';
import { type DecodedPicture, namedBands, type Picture, requireSize } from './picture.ts';
import { CHANNELS, isPng, type PngHeader, readPngChunks } from './png-chunks.ts';
import { decodePng } from './png-decode.ts';

export { isPng };

const ROLES: Readonly<Record<PngHeader['colour'], readonly BandInfo['role'][]>> = {
  grey: ['grey'],
  rgb: ['red', 'green', 'blue'],
  palette: ['red', 'green', 'blue'],
  'grey-alpha': ['grey', 'alpha'],
  'rgb-alpha': ['red', 'green', 'blue', 'alpha'],
};

/**
 * A PNG's samples as stored, as in GDAL: 16 bits stay 16, grey of 1, 2 or 4 bits isn't scaled, and gamma and profiles
 * are ignored. A palette becomes red, green and blue. `reserve` is called before any allocation. Errors: NOT_AN_IMAGE,
 * IMAGE_TOO_LARGE, and those of `reserve`.
 */
export async function decodePngPicture(
  bytes: Uint8Array<ArrayBuffer>,
  reserve: (neededBytes: number) => void,
): Promise<DecodedPicture> {
  const header = readPngChunks(bytes);
  const { width, height, bits, colour } = header;
  requireSize(width, height);
  const pixels = width * height;
  const hidesByValue = header.transparency !== null;
  const kept = colour === 'palette' ? 3 : (CHANNELS[colour] * Math.max(8, bits)) / 8;
  reserve(pixels * (kept + (colour === 'palette' ? 1 : 0) + (hidesByValue ? 1 : 0)));
  const samples = await decodePng(header);
  const bands = namedBands(ROLES[colour], colour === 'palette' ? 'palette' : undefined);
  const common = {
    format: 'PNG' as const,
    layout: `decoded whole${bits === 8 ? '' : `, ${bits} bits a sample`}${header.interlaced ? ', interlaced' : ''}`,
    width,
    height,
    bands,
    bits,
    alphaChannel: null,
    valid: null,
    nodata: bands.map(() => NO_NODATA),
    notes: [],
  };
  if (colour === 'palette') {
    return {
      picture: { ...common, ...fromPalette(header, samples), bits: 8 },
      orientation: header.orientation,
      stated: header.stated,
    };
  }
  const channels = CHANNELS[colour];
  const picture: Picture = {
    ...common,
    samples,
    channels,
    alphaChannel: colour.endsWith('-alpha') ? channels - 1 : null,
    ...transparentColour(header, samples),
  };
  return { picture, orientation: header.orientation, stated: header.stated };
}

/**
 * Looks up palette colours. An index beyond the palette is black, as in libpng. Fully transparent entries hide their
 * pixels.
 */
function fromPalette(
  { palette, transparency, width, height }: PngHeader,
  indices: Uint8Array | Uint16Array,
): Pick<Picture, 'samples' | 'channels' | 'valid'> {
  const samples = new Uint8Array(width * height * 3);
  const hides = transparency?.some((alpha) => alpha === 0) ?? false;
  const valid = hides ? new Uint8Array(width * height) : null;
  for (let pixel = 0; pixel < indices.length; pixel++) {
    const index = indices[pixel]!;
    for (let channel = 0; channel < 3; channel++) samples[3 * pixel + channel] = palette?.[3 * index + channel] ?? 0;
    if (valid) valid[pixel] = transparency?.[index] === 0 ? 0 : 1;
  }
  return { samples, channels: 3, valid };
}

/** The single transparent value in tRNS. For grey it is a nodata value; for a colour all three samples must match. */
function transparentColour(
  { colour, transparency, width, height }: PngHeader,
  samples: Uint8Array | Uint16Array,
): Partial<Pick<Picture, 'valid' | 'nodata'>> {
  if (!transparency) return {};
  const hidden = (channel: number) => (transparency[2 * channel]! << 8) | transparency[2 * channel + 1]!;
  if (colour === 'grey' && transparency.length >= 2) {
    const value = hidden(0);
    return { nodata: [{ value, low: value, high: value, fill: value }] };
  }
  if (colour !== 'rgb' || transparency.length < 6) return {};
  const [red, green, blue] = [hidden(0), hidden(1), hidden(2)];
  const valid = new Uint8Array(width * height);
  for (let pixel = 0, at = 0; pixel < valid.length; pixel++, at += 3) {
    valid[pixel] = samples[at] === red && samples[at + 1] === green && samples[at + 2] === blue ? 0 : 1;
  }
  return { valid };
}
