import type { BandInfo, SampleType, StatedFacts } from '../../imagery/image.ts';
import { NadirError } from '../../lib/errors.ts';
import { chooseBands } from '../open/bands.ts';
import { bandNodata, type Nodata } from '../read/nodata.ts';
import type { RasterScene } from '../scene.ts';

/** Largest PNG, JPEG or WebP, in pixels. Larger images should be GeoTIFFs, which are read by window. */
const MAX_PIXELS = 64 * 1024 * 1024;
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** A fully decoded picture. */
export interface Picture {
  format: 'PNG' | 'JPEG' | 'WebP';
  /** E.g. "decoded by the browser". */
  layout: string;
  width: number;
  height: number;
  /** `[height, width, channels]`, row-major. */
  samples: Uint8Array | Uint8ClampedArray | Uint16Array;
  channels: number;
  /** Band i is channel i. There may be more channels than bands. */
  bands: BandInfo[];
  /** A 0 in this channel hides the pixel; null if there is no such channel. */
  alphaChannel: number | null;
  /** One byte per pixel, row-major, 0 = hidden; null if there is no such mask. */
  valid: Uint8Array | null;
  /** Nodata values, one entry per band. */
  nodata: Nodata[];
  /** As in `SceneInfo`. */
  notes: string[];
  /** Bits per sample that the file uses; at most those of the array's type. */
  bits: number;
}

/** The result of decoding a file. */
export interface DecodedPicture {
  picture: Picture;
  /** EXIF's; 1 = as stored. Pixels come as stored in any case. */
  orientation: number;
  /** By its EXIF data. */
  stated: StatedFacts;
}

/** Bands named by their roles. `from`: the source of the colours, if the file doesn't store them directly. */
export function namedBands(roles: readonly BandInfo['role'][], from?: string): BandInfo[] {
  return roles.map((role, index) => ({ index, name: from ? `${role} (from ${from})` : role, role }));
}

export const sampleTypeOf = ({ samples }: Pick<Picture, 'samples'>): SampleType =>
  samples instanceof Uint16Array ? 'uint16' : 'uint8';

/** A scene over a picture. Takes over its buffers. */
export function sceneOfPicture(picture: Picture): RasterScene {
  const { width, height, samples, channels, bands, nodata } = picture;
  const sampleType = sampleTypeOf(picture);
  const isHidden = (pixel: number) =>
    picture.valid?.[pixel] === 0 ||
    (picture.alphaChannel !== null && samples[pixel * channels + picture.alphaChannel] === 0);
  return {
    width,
    height,
    bands: bands.map((band, i) => ({ ...band, ...bandNodata(nodata[i]!) })),
    sampleType,
    notes: picture.notes,
    compression: picture.format,
    layout: picture.layout,
    georeference: { kind: 'none', reason: `A ${picture.format} picture carries no georeferencing.` },
    defaultBands: chooseBands(bands),
    defaultStretch: defaultStretchOf(picture),
    levels: [
      {
        width,
        height,
        factorX: 1,
        factorY: 1,
        blockCols: width,
        blockRows: 1,
        only: null,
        async read(x, y, w, h, wanted, signal) {
          signal?.throwIfAborted();
          return wanted.map((band) => {
            const plane = new Float32Array(w * h);
            const { low, high } = nodata[band]!;
            for (let row = 0; row < h; row++) {
              let pixel = (y + row) * width + x;
              for (let col = 0; col < w; col++, pixel++) {
                const value = samples[pixel * channels + band]!;
                plane[row * w + col] = (value >= low && value <= high) || isHidden(pixel) ? Number.NaN : value;
              }
            }
            return plane;
          });
        },
      },
    ],
    async readPixel(col, row) {
      if (!(col >= 0 && row >= 0 && col < width && row < height)) return null;
      const at = (Math.floor(row) * width + Math.floor(col)) * channels;
      return bands.map((_, band) => samples[at + band]!);
    },
    close: () => {},
  };
}

/**
 * An 8-bit picture already has its author's contrast. 16 bits are measurements, and fewer than 8 bits are hardly
 * visible unstretched.
 */
function defaultStretchOf({ bits }: Picture): RasterScene['defaultStretch'] {
  return { method: bits === 8 ? 'none' : bits > 8 ? 'percentile' : 'minmax', low: 2, high: 98 };
}

/** Errors: IMAGE_TOO_LARGE. */
export function requireSize(width: number, height: number): void {
  if (width * height <= MAX_PIXELS) return;
  throw new NadirError(
    'IMAGE_TOO_LARGE',
    `The picture has ${width}×${height} pixels; up to ${Math.floor(MAX_PIXELS / 2 ** 20)} million can be opened in this format. Convert it to a tiled GeoTIFF, which is read in parts: gdal_translate -co TILED=YES -co COMPRESS=DEFLATE input output.tif`,
  );
}
