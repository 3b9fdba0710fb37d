import { JpegDamage } from '../jpeg/bits.ts';
import { JpegDecoder } from '../jpeg/decoder.ts';
import { toPixels } from '../jpeg/picture.ts';
import { NO_NODATA } from '../read/nodata.ts';
import { decodeInBrowser, jpegHeaderOf } from './browser-decode.ts';
import { readJpegMask } from './jpeg-mask.ts';
import { type DecodedPicture, namedBands, requireSize } from './picture.ts';

/**
 * Decodes a JPEG of one or three components with libjpeg's values, as in GDAL. CMYK files, and files that our decoder
 * finds damaged but a browser may accept, go to the browser. `reserve` is called before any allocation. Errors:
 * NOT_AN_IMAGE, IMAGE_TOO_LARGE, and those of `reserve`.
 */
export async function decodeJpegPicture(
  bytes: Uint8Array<ArrayBuffer>,
  reserve: (neededBytes: number) => void,
): Promise<DecodedPicture> {
  const { width, height, components, orientations, stated } = jpegHeaderOf(bytes);
  requireSize(width, height);
  if (components !== 1 && components !== 3) return decodeInBrowser(bytes, 'JPEG', reserve);
  reserve(width * height * components);
  let samples: Uint8Array;
  try {
    const { frame, isYCbCr } = new JpegDecoder().decode(bytes, width * height);
    samples = toPixels(frame, height, isYCbCr);
  } catch (thrown) {
    if (!(thrown instanceof JpegDamage)) throw thrown;
    return decodeInBrowser(bytes, 'JPEG', reserve);
  }
  const bands = namedBands(components === 1 ? ['grey'] : ['red', 'green', 'blue']);
  return {
    orientation: orientations[0]?.value ?? 1,
    stated,
    picture: {
      format: 'JPEG',
      layout: 'decoded whole',
      width,
      height,
      samples,
      channels: components,
      bands,
      alphaChannel: null,
      valid: await readJpegMask(bytes, width, height),
      nodata: bands.map(() => NO_NODATA),
      notes: [],
      bits: 8,
    },
  };
}
