import { getDecoder } from 'geotiff';
import { NadirError } from '../../lib/errors.ts';
import { corrupt } from './directory.ts';
import { inverseDct, type Span } from './idct.ts';

/**
 * JPEG blocks. geotiff.js (3.0.5) undoes the entropy coding; its own transform is coarse and repeats chroma that pixels share, so
 * that its samples differ from GDAL's by up to tens of grey levels at colour edges. The rest is done here, as libjpeg does it.
 */
export interface JpegDecoder {
  /** u8[rows, width, components], as stored or, with `toRgb`, YCbCr turned into RGB. Errors: TIFF_CORRUPT. */
  decode(bytes: Uint8Array<ArrayBuffer>, rows: number, toRgb: boolean): Uint8Array<ArrayBuffer>;
}

/** What geotiff.js's reader holds of a picture after parsing it. */
interface Frame {
  samplesPerLine: number;
  scanLines: number;
  maxH: number;
  maxV: number;
  componentsOrder: number[];
  components: Record<number, Component>;
}

interface Component {
  h: number;
  v: number;
  quantizationIdx: number;
  /** Rows of blocks of 64 coefficients in natural order; whole MCUs. */
  blocks: Int32Array[][];
}

interface CoefficientReader {
  frames: Frame[];
  quantizationTables: (Int32Array | undefined)[];
  resetFrames(): void;
  parse(data: Uint8Array): void;
}

/** `tables`: those that all blocks of the image share. */
export async function makeJpegDecoder(tables: Uint8Array | null): Promise<JpegDecoder> {
  const parameters = { ...(tables ? { JPEGTables: tables } : {}) } as unknown as Parameters<typeof getDecoder>[1];
  const { reader } = (await getDecoder(7, parameters)) as unknown as { reader?: CoefficientReader };
  if (!reader?.parse) throw new NadirError('INTERNAL', 'This geotiff.js has no reader of JPEG coefficients.');
  return {
    decode(bytes, rows, toRgb) {
      reader.resetFrames();
      reader.parse(bytes);
      const [frame] = reader.frames;
      if (!frame) throw corrupt('A block of pixels holds no JPEG picture.');
      const planes = frame.componentsOrder.map((id) =>
        planeOf(frame, frame.components[id]!, reader.quantizationTables),
      );
      const out = interleave(planes, frame.samplesPerLine, rows);
      if (toRgb && planes.length === 3) yCbCrToRgb(out);
      return out;
    },
  };
}

/** A component's samples, and how many of them there are to a pixel along each axis (1, or a fraction where pixels share them). */
interface Plane {
  samples: Uint8ClampedArray;
  stride: number;
  perPixelX: number;
  perPixelY: number;
}

function planeOf(
  frame: Frame,
  { h, v, quantizationIdx, blocks }: Component,
  tables: (Int32Array | undefined)[],
): Plane {
  const table = tables[quantizationIdx];
  if (!table) throw corrupt('A JPEG block lacks its quantisation table.');
  // Samples that two pixels share are doubled by the transform; whoever shares more repeats the doubled ones, as in libjpeg.
  const across: Span = frame.maxH % (2 * h) === 0 ? 16 : 8;
  const down: Span = frame.maxV % (2 * v) === 0 ? 16 : 8;
  const stride = (blocks[0]?.length ?? 0) * across;
  const samples = new Uint8ClampedArray(stride * blocks.length * down);
  blocks.forEach((row, blockRow) => {
    row.forEach((block, blockCol) => {
      inverseDct(block, table, across, down, samples, blockRow * down * stride + blockCol * across, stride);
    });
  });
  return {
    samples,
    stride,
    perPixelX: (h * across) / (8 * frame.maxH),
    perPixelY: (v * down) / (8 * frame.maxV),
  };
}

function interleave(planes: readonly Plane[], width: number, rows: number): Uint8Array<ArrayBuffer> {
  const count = planes.length;
  const out = new Uint8Array(width * rows * count);
  planes.forEach(({ samples, stride, perPixelX, perPixelY }, component) => {
    for (let row = 0; row < rows; row++) {
      const from = Math.floor(row * perPixelY) * stride;
      let at = row * width * count + component;
      if (perPixelX === 1) {
        for (let col = 0; col < width; col++, at += count) out[at] = samples[from + col]!;
      } else {
        for (let col = 0; col < width; col++, at += count) out[at] = samples[from + Math.floor(col * perPixelX)]!;
      }
    }
  });
  return out;
}

const fixed = (value: number) => Math.round(value * 65536);
const CR_TO_RED = fixed(1.402);
const CB_TO_BLUE = fixed(1.772);
const CB_TO_GREEN = fixed(0.344136286);
const CR_TO_GREEN = fixed(0.714136286);
const HALF = 32768;

/** ITU-R BT.601, full range, in place: what JPEG means by YCbCr, rounded as libjpeg rounds. */
function yCbCrToRgb(pixels: Uint8Array<ArrayBuffer>): void {
  const samples = new Uint8ClampedArray(pixels.buffer);
  for (let i = 0; i + 2 < samples.length; i += 3) {
    const y = samples[i]!;
    const cb = samples[i + 1]! - 128;
    const cr = samples[i + 2]! - 128;
    samples[i] = y + ((CR_TO_RED * cr + HALF) >> 16);
    samples[i + 1] = y + ((HALF - CB_TO_GREEN * cb - CR_TO_GREEN * cr) >> 16);
    samples[i + 2] = y + ((CB_TO_BLUE * cb + HALF) >> 16);
  }
}
