import { openAsBlob, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ByteLru } from './cache/lru.ts';
import { openRaster } from './open/open.ts';
import type { OpenContext } from './open/open-context.ts';
import { namedBands, sceneOfPicture } from './pictures/picture.ts';
import { decodeHere } from './pool/decode-service.ts';
import { NO_NODATA } from './read/nodata.ts';
import type { RasterLevel, RasterScene } from './scene.ts';
import { blobSource } from './tiff/byte-source.ts';
import type { SampleArray } from './tiff/samples.ts';

/** Pictures and their sidecars; made by the scripts in that folder. */
export const PICTURES = fileURLToPath(new URL('../../e2e/fixtures/pictures/', import.meta.url));

/** For tests in Node only: fixtures as Blobs, read by range as in the browser. */
export const FIXTURES = fileURLToPath(new URL('../../e2e/fixtures/imagery/', import.meta.url));

/** Decodes on the test's own thread; blocks up to 64 MiB. */
export function testContext(cacheBytes = 64 * 2 ** 20): OpenContext {
  return {
    cache: new ByteLru<SampleArray>(cacheBytes),
    keyPrefix: 'test',
    decoders: decodeHere,
    limits: { maxBlockBytes: 64 * 2 ** 20 },
  };
}

export async function openPath(path: string, cacheBytes = 64 * 2 ** 20): Promise<RasterScene> {
  return openRaster(blobSource(await openAsBlob(path)), testContext(cacheBytes));
}

export const openFixture = (name: string): Promise<RasterScene> => openPath(FIXTURES + name);

export interface GoldenFile {
  error?: string;
  pixelError?: string;
  width: number;
  height: number;
  count: number;
  nodata: GoldenNumber | null;
  geotransform: number[] | null;
  crs: string | null;
  gcps?: number;
  lonLatCorners: GoldenNumber[][] | null;
  probes: { at: [number, number]; values: GoldenNumber[] }[];
  valid: number;
  stretch?: [GoldenNumber, GoldenNumber];
}

/** JSON has no NaN or infinity; reference.py writes them as words. */
export type GoldenNumber = number | 'nan' | 'inf' | '-inf';

export function goldenNumber(value: GoldenNumber): number {
  return typeof value === 'number' ? value : Number(value.replace('inf', 'Infinity').replace('nan', 'NaN'));
}

export function readPictureGoldens<T>(name: string): T {
  return JSON.parse(readFileSync(PICTURES + name, 'utf8')) as T;
}

export function readGoldens<T>(name: string): T {
  return JSON.parse(readFileSync(FIXTURES + name, 'utf8')) as T;
}

/** A picture of red, green, blue and alpha, u8[height, width, 4]. */
export function pictureScene(rgba: Uint8ClampedArray, width: number, height: number): RasterScene {
  const bands = namedBands(['red', 'green', 'blue']);
  return sceneOfPicture({
    format: 'PNG',
    layout: 'decoded whole',
    width,
    height,
    samples: rgba,
    channels: 4,
    bands,
    alphaChannel: 3,
    valid: null,
    nodata: [NO_NODATA, NO_NODATA, NO_NODATA],
    notes: [],
    bits: 8,
  });
}

/** A one-band scene whose pixels are `value(x, y)`, for code that uses only levels. Counts what is read. */
export function fakeScene(width: number, height: number, value: (x: number, y: number) => number, blockRows = 1) {
  let pixelsRead = 0;
  const level: RasterLevel = {
    width,
    height,
    factorX: 1,
    factorY: 1,
    blockCols: width,
    blockRows,
    only: null,
    async read(x, y, w, h) {
      pixelsRead += w * h;
      return [Float32Array.from({ length: w * h }, (_, i) => value(x + (i % w), y + Math.floor(i / w)))];
    },
  };
  const scene = {
    width,
    height,
    bands: [{ index: 0, name: 'x', role: 'grey' }],
    sampleType: 'float32',
    levels: [level],
    defaultBands: { red: 0, green: 0, blue: 0, nir: null },
  };
  return { scene: scene as unknown as RasterScene, pixelsRead: () => pixelsRead };
}
