import { expect, it } from 'vitest';
import { applyGeotransform } from '../../geo/ground/affine.ts';
import { makeReprojection } from '../../geo/ground/reproject.ts';
import type { Geotransform, PixelWindow } from '../../geo/types.ts';
import { namedBands } from '../../imagery/image.ts';
import type { Georeference } from '../../imagery/place.ts';
import type { Stretch } from '../../imagery/stretch.ts';
import { readBands } from '../../raster/read/window.ts';
import { fakeScene } from '../../raster/testing.ts';
import { createMemoryStore } from '../../storage/key-value-store.ts';
import type { RasterApi } from '../../workers/raster/api.ts';
import type { OpenScene } from '../document.ts';
import { sceneInfo } from '../fakes.ts';
import type { WorkerHost } from '../model/worker-host.ts';
import { createState } from '../state.ts';
import { EarlierImage } from './earlier-image.ts';

/** One ground seen by two images: the tile read of the earlier one must show what the later one's tile shows. */

const UTM11 = '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs';
const LONLAT = '+proj=longlat +datum=WGS84 +no_defs';
const bands = { red: 0, green: 0, blue: 0, nir: null };
const stretch: Stretch = {
  method: 'minmax',
  low: 0,
  high: 100,
  ranges: [
    [0, 1],
    [0, 1],
    [0, 1],
  ],
  sampledPixels: 1,
  sampledLevel: 1,
};
const tileSize = 64;

/** Waves of 40 m over the ground, brightness between 0 and 1, from metres in zone 11. */
const ground = (east: number, north: number) => 0.5 + 0.25 * Math.sin(east / 6.4) + 0.25 * Math.cos(north / 6.4);

function image(fileName: string, side: number, geotransform: Geotransform, proj4: string) {
  const toUtm = makeReprojection(proj4, UTM11)!;
  const at = (col: number, row: number) => ground(...toUtm(...applyGeotransform(geotransform, col + 0.5, row + 0.5)));
  const { scene } = fakeScene(side, side, at, 64);
  const [level] = scene.levels;
  const one = level!.read.bind(level);
  level!.read = async (x, y, width, height, wanted, signal) => {
    const [plane] = await one(x, y, width, height, wanted, signal);
    return wanted.map(() => plane!);
  };
  const georeference: Georeference = {
    kind: 'affine',
    geotransform,
    crs: proj4,
    crsName: null,
    proj4,
    units: 'unknown',
    pixelIsPoint: false,
  };
  return { scene, info: sceneInfo({ id: fileName, fileName, width: side, height: side, georeference }) };
}

const later = image('later', 400, [200000, 1, 0, 3800000, 0, -1], UTM11);

it.each([
  ['finer and further west', image('earlier', 900, [199950, 0.6, 0, 3800040, 0, -0.6], UTM11)],
  ['south-up', image('earlier', 500, [199950, 1, 0, 3799550, 0, 1], UTM11)],
  ['rotated by 30°', image('earlier', 700, [199800, 0.866, 0.5, 3800000, 0.5, -0.866], UTM11)],
  [
    'in degrees, turned by the grid’s convergence',
    image('earlier', 800, [-120.2605, 8e-6, 0, 34.2985, 0, -8e-6], LONLAT),
  ],
])('shows the same ground from an image that is %s', async (_, earlier) => {
  const state = createState();
  const shown = { info: later.info, bands, stretch, layerId: 'a', name: 'later' } as unknown as OpenScene;
  state.layers.value = [shown];
  state.activeLayer.value = 'a';
  const read = new AbortController().signal;
  const api = {
    open: async () => earlier.info,
    computeStretch: async () => stretch,
    readBands: async (request) => readBands(earlier.scene, request, read),
    close: async () => undefined,
  } as Partial<RasterApi> as RasterApi;
  const keeper = new EarlierImage(state, () => ({ api }) as unknown as WorkerHost<RasterApi>, createMemoryStore());
  await keeper.open(new File([new Uint8Array(1)], 'earlier'));
  for (const window of [square(0, 0, 128), square(100.5, 60.25, 96), square(150, 150, 64)]) {
    const got = await keeper.readTile(later.info, window, { tileSize, bands: [] }, namedBands(bands), read);
    const request = { scene: 'a', window, outWidth: tileSize, outHeight: tileSize, bands: namedBands(bands), stretch };
    const want = await readBands(later.scene, { ...request, resampling: 'area' }, read);
    const offBy = meanDifference(got.data, want.data);
    // A shift by one tile pixel would differ by about 0.05 (waves of 40 m, 1–2 m a tile pixel).
    expect(offBy).toBeLessThan(0.012);
  }
});

const square = (x: number, y: number, side: number): PixelWindow => ({ x, y, width: side, height: side });

/** Of the first band, the outermost rows and columns left out: they lie at the edge of what was read. */
function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  let count = 0;
  for (let row = 2; row < tileSize - 2; row++) {
    for (let col = 2; col < tileSize - 2; col++) {
      const at = (row * tileSize + col) * 3;
      sum += Math.abs(a[at]! - b[at]!);
      count += 1;
    }
  }
  return sum / count;
}
