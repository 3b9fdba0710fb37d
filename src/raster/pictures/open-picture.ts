import { NadirError } from '../../lib/errors.ts';
import { describeBands } from '../open/bands.ts';
import type { OpenContext } from '../open/open-context.ts';
import { placePicture } from '../place/georeference.ts';
import { NO_NODATA, nodataOfBands } from '../read/nodata.ts';
import type { RasterScene } from '../scene.ts';
import { pamBandFacts } from '../sidecars/pam-bands.ts';
import { type ByteSource, wholeFile } from '../tiff/byte-source.ts';
import { decodeInBrowser } from './browser-decode.ts';
import { decodeJpegPicture } from './jpeg-picture.ts';
import { readMask } from './mask.ts';
import { orientationNote } from './orientation.ts';
import { MAX_FILE_BYTES, type Picture, sampleTypeOf, sceneOfPicture } from './picture.ts';
import { decodePngPicture, isPng } from './png-picture.ts';

/** TIFF's codes, which `describeBands` expects. */
const [GREY, RGB, UNASSOCIATED_ALPHA] = [1, 2, 2];

export type PictureFormat = Picture['format'];

/** The format by its first bytes, or null. */
export function pictureFormat(head: Uint8Array): PictureFormat | null {
  if (isPng(head)) return 'PNG';
  if ([0xff, 0xd8, 0xff].every((byte, i) => head[i] === byte)) return 'JPEG';
  const ascii = (from: number) => String.fromCharCode(...head.subarray(from, from + 4));
  return ascii(0) === 'RIFF' && ascii(8) === 'WEBP' ? 'WebP' : null;
}

/**
 * Opens a whole picture. PNG and JPEG use our decoders, which keep 16 bits and match GDAL's values; WebP uses the
 * browser's. Errors: NOT_AN_IMAGE, IMAGE_TOO_LARGE.
 */
export async function openPicture(
  source: ByteSource,
  format: PictureFormat,
  context: OpenContext,
): Promise<RasterScene> {
  const { cache, keyPrefix, sidecars } = context;
  const bytes = await wholeFile(source, MAX_FILE_BYTES);
  // Reserves memory for as long as the picture is open. Called before anything that large is allocated.
  const reserve = (neededBytes: number) => {
    if (cache.reserve(`${keyPrefix}/picture`, neededBytes)) return;
    const mebibytes = (count: number) => Math.round(count / 2 ** 20);
    throw new NadirError(
      'IMAGE_TOO_LARGE',
      `The picture needs ${mebibytes(neededBytes)} MiB, more than is left of the ${mebibytes(cache.capacityBytes)} MiB for open pictures. Close other images, or convert it to a tiled GeoTIFF, which is read in parts.`,
    );
  };
  try {
    const { picture, orientation, stated } = await decoders[format](bytes, reserve);
    const turned = orientationNote(orientation);
    const scene = sceneOfPicture(await withSidecars(picture, context));
    const georeference = await placePicture(format, scene, sidecars, turned ? [turned] : []);
    return { ...scene, georeference, stated, close: () => cache.deletePrefix(`${keyPrefix}/`) };
  } catch (thrown) {
    cache.deletePrefix(`${keyPrefix}/`);
    throw thrown;
  }
}

const decoders = {
  PNG: decodePngPicture,
  JPEG: decodeJpegPicture,
  WebP: (bytes: Uint8Array<ArrayBuffer>, reserve: (neededBytes: number) => void) =>
    decodeInBrowser(bytes, 'WebP', reserve),
};

/**
 * Applies a picture's sidecars to its pixels, as GDAL does: a .msk replaces every other mask; .aux.xml gives nodata and
 * band names.
 */
async function withSidecars(picture: Picture, context: OpenContext): Promise<Picture> {
  const { sidecars } = context;
  const { nodata: stated, descriptions, colourInterpretations, measures } = pamBandFacts(sidecars);
  const bands = describeBands({
    count: picture.bands.length,
    photometric: picture.bands.length >= 3 ? RGB : GREY,
    extraSamples: picture.alphaChannel === null ? [] : [UNASSOCIATED_ALPHA],
    descriptions,
    colourInterpretations,
    measures,
  }).map((band, i) => ({ ...band, name: descriptions.get(i) ?? picture.bands[i]!.name }));
  const beside = nodataOfBands(null, stated, sampleTypeOf(picture), bands.length);
  const notes = [...picture.notes, ...beside.notes];
  const nodata = picture.nodata.map((own, i) => (stated.has(i) ? beside.bands[i]! : own));
  const mask = sidecars?.mask ? await readMask(sidecars.mask, picture, context, notes) : null;
  const described = { ...picture, bands, nodata, notes };
  return mask ? { ...described, nodata: nodata.map(() => NO_NODATA), alphaChannel: null, valid: mask } : described;
}
