import { applyGeotransform } from '../../src/geo/ground/affine.ts';
import { makeToLonLat } from '../../src/geo/ground/projection.ts';
import type { Point } from '../../src/geo/types.ts';
import type { SampleType } from '../../src/imagery/image.ts';
import type { Georeference } from '../../src/imagery/place.ts';
import { NadirError } from '../../src/lib/errors.ts';
import { ByteLru } from '../../src/raster/cache/lru.ts';
import { openRaster } from '../../src/raster/open/open.ts';
import { decodeHere } from '../../src/raster/pool/decode-service.ts';
import { readSidecars } from '../../src/raster/sidecars/read.ts';
import { blobSource } from '../../src/raster/tiff/byte-source.ts';
import type { SampleArray } from '../../src/raster/tiff/samples.ts';

/** x, y, width, height in full-resolution pixels. */
export type Window = readonly [number, number, number, number];

/** The result of the app's own reader for a file. Runs both in Node and in a browser. */
export type Reading =
  | {
      ok: true;
      width: number;
      height: number;
      bands: { name: string; role: string }[];
      sampleType: SampleType;
      compression: string;
      georeference: Georeference;
      /** At the corners (clockwise from the origin) and the centre; null if the app gives no lon/lat. */
      lonLat: Point[] | null;
      /** f32; for each window in turn [bands, height, width]; NaN = invalid. */
      samples: Float32Array<ArrayBuffer>;
    }
  | { ok: false; code: string; message: string };

const CACHE_BYTES = 256 * 2 ** 20;
/** Large enough to show that our reader survives a file that GDAL doesn't open. */
const PROBE_SIDE = 512;

/** Opens the file, reads the windows (null: one corner) and places the corners. Never throws. */
export async function readImage(
  file: File,
  sidecars: readonly File[],
  windows: readonly Window[] | null,
): Promise<Reading> {
  try {
    const scene = await openRaster(blobSource(file), {
      cache: new ByteLru<SampleArray>(CACHE_BYTES),
      keyPrefix: 'check',
      decoders: decodeHere,
      limits: { maxBlockBytes: 64 * 2 ** 20 },
      sidecars: await readSidecars(sidecars),
    });
    const { width, height, bands, georeference } = scene;
    const asked = windows ?? [[0, 0, Math.min(width, PROBE_SIDE), Math.min(height, PROBE_SIDE)] as const];
    const all = bands.map(({ index }) => index);
    const parts: Float32Array[] = [];
    for (const [x, y, w, h] of asked) parts.push(...(await scene.levels[0]!.read(x, y, w, h, all, null)));
    const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      samples.set(part, at);
      at += part.length;
    }
    scene.close();
    return {
      ok: true,
      width,
      height,
      bands: bands.map(({ name, role }) => ({ name, role })),
      sampleType: scene.sampleType,
      compression: scene.compression,
      georeference,
      lonLat: lonLatOf(georeference, width, height),
      samples,
    };
  } catch (thrown) {
    if (thrown instanceof NadirError) return { ok: false, code: thrown.code, message: thrown.message };
    return {
      ok: false,
      code: 'CRASH',
      message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    };
  }
}

/** Corners clockwise from the origin, then the centre. */
export function spotsOf(width: number, height: number): Point[] {
  return [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
    [width / 2, height / 2],
  ];
}

function lonLatOf(georeference: Georeference, width: number, height: number): Point[] | null {
  const toLonLat = georeference.kind === 'affine' ? makeToLonLat(georeference.proj4) : null;
  if (!toLonLat || georeference.kind !== 'affine') return null;
  return spotsOf(width, height).map(([col, row]) =>
    toLonLat(...applyGeotransform(georeference.geotransform, col, row)),
  );
}
