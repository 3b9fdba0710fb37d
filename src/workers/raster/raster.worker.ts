import { NOTHING_STATED, type SceneId, type SceneInfo } from '../../imagery/image.ts';
import { NadirError } from '../../lib/errors.ts';
import { ByteLru } from '../../raster/cache/lru.ts';
import { planMemory } from '../../raster/cache/memory-plan.ts';
import { withNamedCommand } from '../../raster/open/named-command.ts';
import { openRaster } from '../../raster/open/open.ts';
import { imageFingerprint } from '../../raster/overviews/fingerprint.ts';
import { levelFactors } from '../../raster/overviews/scene-overviews.ts';
import { gsdOf } from '../../raster/place/georeference.ts';
import { DecodePool } from '../../raster/pool/decode-pool.ts';
import { asForeground } from '../../raster/read/priority.ts';
import { overviewsOf } from '../../raster/read/pyramid.ts';
import { readRaw } from '../../raster/read/raw.ts';
import { computeStatistics } from '../../raster/read/statistics.ts';
import { computeHistograms, computeStretch } from '../../raster/read/stretch.ts';
import { readBands } from '../../raster/read/window.ts';
import type { RasterScene } from '../../raster/scene.ts';
import { readSidecars } from '../../raster/sidecars/read.ts';
import { openHttpSource } from '../../raster/sources/http.ts';
import { type ByteSource, blobSource, stoppableSource } from '../../raster/tiff/byte-source.ts';
import type { SampleArray } from '../../raster/tiff/samples.ts';
import { serve, step } from '../rpc.ts';
import { moved } from '../transfer.ts';
import type { RasterApi } from './api.ts';
import { crsCalls } from './crs-calls.ts';
// Inlined in this worker's file, so that a decoder can start when the server is gone.
import DecodeWorker from './decode.worker.ts?worker&inline';
import { overviewCalls, overviewDisk } from './overview-calls.ts';

const limits = planMemory((navigator as { deviceMemory?: number }).deviceMemory);
/** Decoded blocks of all open scenes. */
const cache = new ByteLru<SampleArray>(limits.cacheBytes);
/** Leaves one core for the page. */
const decoders = new DecodePool({
  size: Math.min(4, Math.max(1, (navigator.hardwareConcurrency || 2) - 1)),
  spawn: () => new DecodeWorker({ name: 'decode' }),
});
/** The interval of the steps that the page sees while this thread isn't blocked. */
const STEP_MS = 1000;
const scenes = new Map<SceneId, RasterScene>();
const fingerprints = new Map<SceneId, () => Promise<string | null>>();
/** Part of every scene id, so that a worker that replaces a crashed one doesn't reuse its ids. */
const life = Date.now().toString(36);
let opened = 0;

function sceneOf(id: SceneId): RasterScene {
  const scene = scenes.get(id);
  if (!scene) throw new NadirError('NO_IMAGE', `Scene ${id} isn't open (any more). Open its file again.`);
  return scene;
}

/** If the page is gone, the call fails; that isn't a failure of reading. */
function ignoringGonePage(onBytes: ((totalBytes: number) => unknown) | undefined): (totalBytes: number) => void {
  return (totalBytes) => void Promise.resolve(onBytes?.(totalBytes)).catch(() => undefined);
}

const REMOTE =
  'This file has no overviews. Building them would download it whole; without them, zoomed-out views stay coarse.';

const api: RasterApi = {
  async open(image, files, signal, onBytes) {
    const id = `scene-${life}-${++opened}`;
    const disk = await overviewDisk();
    const sidecars = await readSidecars(files);
    const source: ByteSource & { name?: string } = stoppableSource(
      typeof image === 'string'
        ? await openHttpSource(image, signal, fetch, ignoringGonePage(onBytes))
        : blobSource(image),
      signal,
    );
    const name = typeof image === 'string' ? (source.name ?? image) : image.name;
    const scene = await asForeground(() =>
      openRaster(source, { cache, keyPrefix: id, decoders, limits, disk, sidecars }),
    ).catch((thrown) => {
      throw withNamedCommand(thrown, name);
    });
    if (signal.aborted) scene.close();
    signal.throwIfAborted();
    scenes.set(id, scene);
    fingerprints.set(id, () => imageFingerprint(image, source, files));
    if (typeof image === 'string') overviewsOf(scene).hold(REMOTE);
    else overviewsOf(scene).start();
    return infoOf(id, name, source, scene);
  },
  computeStretch: async (id, method, low, high, window) =>
    asForeground(() => computeStretch(sceneOf(id), method, low, high, window)),
  histogram: async (id, bands, window) => asForeground(() => computeHistograms(sceneOf(id), bands, window)),
  statistics: async (request, signal) => asForeground(() => computeStatistics(sceneOf(request.scene), request, signal)),
  async readBands(request, signal) {
    const tile = await readBands(sceneOf(request.scene), request, signal);
    return moved(tile, tile.valid ? [tile.data.buffer, tile.valid.buffer] : [tile.data.buffer]);
  },
  async readRaw(request, signal) {
    const tile = await readRaw(sceneOf(request.scene), request, signal);
    return moved(tile, [tile.data.buffer]);
  },
  ...overviewCalls(sceneOf),
  ...crsCalls,
  readPixel: async (id, col, row) => sceneOf(id).readPixel(col, row),
  fingerprint: async (id) => (await fingerprints.get(id)?.()) ?? null,
  async close(id) {
    const scene = scenes.get(id);
    if (!scene) return;
    overviewsOf(scene).close();
    scene.close();
    scenes.delete(id);
    fingerprints.delete(id);
  },
};

function infoOf(id: SceneId, fileName: string, { size, version }: ByteSource, scene: RasterScene): SceneInfo {
  return {
    id,
    fileName,
    sizeBytes: size,
    ...(version === undefined ? {} : { version }),
    width: scene.width,
    height: scene.height,
    bands: scene.bands,
    sampleType: scene.sampleType,
    notes: scene.notes,
    compression: scene.compression,
    layout: scene.layout,
    levels: levelFactors(scene),
    georeference: scene.georeference,
    gsdMetres: gsdOf(scene.georeference, scene.width, scene.height),
    defaultBands: scene.defaultBands,
    defaultStretch: scene.defaultStretch,
    stated: scene.stated ?? NOTHING_STATED,
  };
}

serve(api);
setInterval(step, STEP_MS);
