import { corrupt, type Directory, numbersOf, type TiffFile } from '../directory.ts';
import { TAG } from '../tags.ts';

/** YCbCr outside JPEG (TIFF 6.0, section 21). Plain data that is sent to the decoding threads. */
export interface YCbCr {
  /** Pixels that share one chroma sample, along each axis: 1, 2 or 4. */
  sharedX: number;
  sharedY: number;
  /** Shares of red, green and blue in luma. */
  luma: readonly number[];
  /** Code values of black and white for Y, and of zero and maximum for Cb and Cr. */
  reference: readonly number[];
}

/** Errors: TIFF_CORRUPT. */
export async function readYCbCr(file: TiffFile, directory: Directory): Promise<YCbCr> {
  const values = async (tag: number, fallback: readonly number[]) => {
    const stated = await numbersOf(file, directory, tag, fallback.length);
    return stated?.length === fallback.length && stated.every(Number.isFinite) ? [...stated] : fallback;
  };
  const [sharedX = 2, sharedY = 2] = await values(TAG.yCbCrSubSampling, [2, 2]);
  if (![1, 2, 4].includes(sharedX) || ![1, 2, 4].includes(sharedY)) {
    throw corrupt(`Its pixels share chroma by ${sharedX}×${sharedY}; only 1, 2 and 4 are allowed.`);
  }
  return {
    sharedX,
    sharedY,
    luma: await values(TAG.yCbCrCoefficients, [0.299, 0.587, 0.114]),
    reference: await values(TAG.referenceBlackWhite, [0, 255, 128, 255, 128, 255]),
  };
}

/** Bytes of one block. Each data unit holds the luma of all pixels that share chroma, then Cb and Cr. */
export function yCbCrBytes({ sharedX, sharedY }: YCbCr, width: number, rows: number): number {
  return Math.ceil(width / sharedX) * Math.ceil(rows / sharedY) * (sharedX * sharedY + 2);
}

/** Data units → u8[rows, width, 3] as Y Cb Cr. Chroma is repeated for the pixels that share it, as in libtiff. */
export function spreadUnits(
  units: Uint8Array,
  { sharedX, sharedY }: YCbCr,
  width: number,
  rows: number,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(width * rows * 3);
  const perUnit = sharedX * sharedY + 2;
  const across = Math.ceil(width / sharedX);
  for (let row = 0; row < rows; row++) {
    const unitRow = Math.floor(row / sharedY) * across * perUnit;
    const within = (row % sharedY) * sharedX;
    for (let col = 0; col < width; col++) {
      const unit = unitRow + Math.floor(col / sharedX) * perUnit;
      const at = (row * width + col) * 3;
      out[at] = units[unit + within + (col % sharedX)]!;
      out[at + 1] = units[unit + perUnit - 2]!;
      out[at + 2] = units[unit + perUnit - 1]!;
    }
  }
  return out;
}

const fixed = (value: number) => Math.trunc(value * 65536 + 0.5);
const between = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/**
 * Y Cb Cr → red, green, blue, in place, in the first three of `perPixel` samples. Uses libtiff's fixed-point
 * arithmetic, so pixels are equal.
 */
export function yCbCrToRgb(pixels: Uint8Array, perPixel: number, { luma, reference }: YCbCr): void {
  const [lumaRed, lumaGreen, lumaBlue] = luma.map(Math.fround) as [number, number, number];
  const red = Math.fround(2 - 2 * lumaRed);
  const blue = Math.fround(2 - 2 * lumaBlue);
  const redOfCr = fixed(between(red, 0, 2));
  const greenOfCr = fixed(between(Math.fround((lumaRed * red) / lumaGreen), 0, 2));
  const blueOfCb = fixed(between(blue, 0, 2));
  const greenOfCb = fixed(between(Math.fround((lumaBlue * blue) / lumaGreen), 0, 2));
  const yOf = codes(0, reference[0]!, reference[1]!, 255);
  const cbOf = codes(-128, reference[2]! - 128, reference[3]! - 128, 127);
  const crOf = codes(-128, reference[4]! - 128, reference[5]! - 128, 127);
  const samples = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let i = 0; i + 2 < samples.length; i += perPixel) {
    const y = yOf[samples[i]!]!;
    const cb = cbOf[samples[i + 1]!]!;
    const cr = crOf[samples[i + 2]!]!;
    samples[i] = y + ((redOfCr * cr + 32768) >> 16);
    samples[i + 1] = y + ((32768 - greenOfCb * cb - greenOfCr * cr) >> 16);
    samples[i + 2] = y + ((blueOfCb * cb + 32768) >> 16);
  }
}

/** A table of `range` · (code − black) / (white − black) for each byte; `first` is the first code. */
function codes(first: number, black: number, white: number, range: number): Int32Array {
  const span = Math.fround(white - black) || 1;
  return Int32Array.from({ length: 256 }, (_, i) =>
    between(Math.trunc(Math.fround(Math.fround((first + i - Math.trunc(black)) * range) / span)), -4096, 4096),
  );
}
