import { NadirError } from '../../src/lib/errors.ts';
import { ByteLru } from '../../src/raster/cache/lru.ts';
import { planMemory } from '../../src/raster/cache/memory-plan.ts';
import { openRaster } from '../../src/raster/open/open.ts';
import { decodeHere } from '../../src/raster/pool/decode-service.ts';
import { overviewsOf } from '../../src/raster/read/pyramid.ts';
import { computeStretch } from '../../src/raster/read/stretch.ts';
import { readPlanes } from '../../src/raster/read/window.ts';
import type { RasterScene } from '../../src/raster/scene.ts';
import { blobSource } from '../../src/raster/tiff/byte-source.ts';
import type { SampleArray } from '../../src/raster/tiff/samples.ts';

/** The outcome for a file: pixels, or the code of a typed error. Anything else is our bug. */
export type Outcome = { kind: 'pixels' } | { kind: 'refused'; code: string } | { kind: 'crash'; message: string };

/** The smaller of the two plans: what fits there fits everywhere. */
export const LIMITS = planMemory(2);

/**
 * Opens `bytes` and reads like a view and the model: statistics, the whole image, its corners and middle, one pixel.
 */
export async function probe(bytes: Uint8Array<ArrayBuffer>): Promise<Outcome> {
  let scene: RasterScene | null = null;
  try {
    const cache = new ByteLru<SampleArray>(LIMITS.cacheBytes);
    scene = await openRaster(blobSource(new Blob([bytes])), {
      cache,
      keyPrefix: 'fuzz',
      decoders: decodeHere,
      limits: LIMITS,
    });
    await computeStretch(scene, 'percentile', 2, 98);
    await readEverywhere(scene);
    if (cache.heldBytes > LIMITS.cacheBytes) throw new Error(`the cache holds ${cache.heldBytes} bytes`);
    return { kind: 'pixels' };
  } catch (thrown) {
    if (thrown instanceof NadirError && thrown.code !== 'INTERNAL') return { kind: 'refused', code: thrown.code };
    return { kind: 'crash', message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  } finally {
    if (scene) {
      overviewsOf(scene).close();
      scene.close();
    }
  }
}

async function readEverywhere(scene: RasterScene): Promise<void> {
  const { width, height } = scene;
  const bands = scene.bands.slice(0, 4).map(({ index }) => index);
  const size = { outWidth: 64, outHeight: 64, resampling: 'area' } as const;
  const side = { width: Math.min(64, width), height: Math.min(64, height) };
  const places = [
    { x: 0, y: 0, width, height },
    { x: width - side.width, y: height - side.height, ...side },
    { x: Math.floor(width / 2), y: Math.floor(height / 2), ...side },
  ];
  // With `hurry`, as the map reads: a claimed size of a billion pixels must not be averaged in full.
  for (const window of places) {
    for (const plane of await readPlanes(scene, { window, ...size }, bands, null, true)) {
      if (plane.length !== 64 * 64) throw new Error(`a plane of ${plane.length} values`);
    }
  }
  const pixel = await scene.readPixel(width - 1, height - 1);
  if (pixel?.length !== scene.bands.length) throw new Error(`a pixel of ${pixel?.length} values`);
}
