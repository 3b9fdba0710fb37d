import type { PixelWindow } from '../geo/types.ts';
import { NOTHING_STATED, type SceneInfo } from '../imagery/image.ts';
import type { StatisticsRequest, ValueStatistics } from '../imagery/statistics.ts';
import type { Stretch } from '../imagery/stretch.ts';
import type { BandTile, ReadRequest } from '../imagery/tiles.ts';
import { NadirError } from '../lib/errors.ts';
import { groundOf } from '../plan/ground/ground.ts';
import { buffersIn, unpackEvidence } from '../plan/packed.ts';
import { runPlan } from '../plan/run/run.ts';
import { createMemoryStore, type KeyValueStore } from '../storage/key-value-store.ts';
import { createMemoryTabs } from '../storage/tab.ts';
import { textOf } from '../teaching/float-text.ts';
import type { TaughtHead } from '../teaching/taught-class.ts';
import type { AdapterInfo, Ask, AskResult, LoadedModel, ModelInfo } from '../vlm/types.ts';
import type { PlanApi } from '../workers/plan/api.ts';
import type { RasterApi } from '../workers/raster/api.ts';
import type { VlmApi } from '../workers/vlm/api.ts';
import type { SessionDeps, StartWorker } from './deps.ts';
import type { Session } from './port.ts';

/** Stand-ins for the workers, for unit tests of the session alone; nothing that ships uses them. */

export const TEST_MODEL: ModelInfo = {
  id: 'test',
  name: 'Test',
  version: '1',
  licence: 'MIT',
  hash: 'abc',
  sizeBytes: 1,
  tileSize: 256,
  tileOverlap: 0.25,
  maxSlices: 6,
  bands: ['red', 'green', 'blue', 'nir'].map((name) => ({ name, wavelengthNm: null, optional: name === 'nir' })),
  gsdMetres: { min: 0.05, max: 1, best: 0.3 },
  classes: [
    { name: 'airplane', plural: 'airplanes', zh: '飞机', also: ['jet', 'jets', '客机'] },
    { name: 'storage tank', plural: 'storage tanks' },
    { name: 'car', plural: 'cars' },
  ],
  densities: [{ name: 'tree', plural: 'trees', zh: '树' }],
  scenes: ['airport', 'forest'],
  presence: ['trees', 'pavement'],
  cover: {
    labels: ['water', 'trees', 'roads and pavement'],
    labelsZh: ['水体', '树木', '道路和铺装路面'],
    meaning: 'share',
    iou: 0.5,
    gsdMetres: { min: 0.3, max: 10 },
  },
  joins: { stated: 'sum', malformed: 'sum', changed: 'max' },
  tasks: ['describe', 'classify', 'count', 'find', 'identify', 'segment', 'cover', 'quality', 'change'],
  languages: ['en', 'zh'],
  scoreMeaning: 'detector heat',
  hasRefiner: true,
};

export const LOADED: LoadedModel = {
  model: TEST_MODEL,
  backend: {
    kind: 'wasm',
    label: 'WebAssembly · 1 thread',
    adapter: null,
    software: false,
    f16: false,
    threads: 1,
    reason: 'chosen by hand',
  },
  loadMs: 1,
  files: null,
};

export const TEST_ADAPTER: AdapterInfo = {
  name: 'Terse',
  partial: false,
  rank: 4,
  alpha: 8,
  targets: ['qkv'],
  parameters: 100,
  licence: 'MIT',
  about: null,
  sizeBytes: 400,
  hash: 'abc',
};

const TEST_STRETCH: Stretch = {
  method: 'percentile',
  low: 2,
  high: 98,
  ranges: [
    [0, 255],
    [0, 255],
    [0, 255],
  ],
  sampledPixels: 1,
  sampledLevel: 1,
};

export function sceneInfo(changes: Partial<SceneInfo> = {}): SceneInfo {
  return {
    id: 's1',
    fileName: 'scene.tif',
    sizeBytes: 4,
    width: 256,
    height: 256,
    bands: (['red', 'green', 'blue'] as const).map((role, index) => ({ index, name: role, role })),
    sampleType: 'uint8',
    notes: [],
    compression: 'none',
    layout: 'tiled',
    levels: [1],
    georeference: { kind: 'none', reason: 'test' },
    gsdMetres: null,
    defaultBands: { red: 0, green: 1, blue: 2, nir: null },
    stated: NOTHING_STATED,
    ...changes,
  };
}

/** What a class with one feature is recognised by. */
export function testHead(): TaughtHead {
  return {
    channels: 1,
    sidePx: 24,
    weights: textOf(new Float32Array([1, 0, 0])),
    bias: 0,
    shape: { w: 24, h: 24, thetaDeg: 0 },
    reshape: null,
    calibration: { slope: 1, offset: 0 },
    separation: 0.9,
  };
}

/** An answer with `cars` boxes of 10 × 10 tile pixels on a diagonal, each linked to the word "car". */
export function carsResult(cars: number, changes: Partial<AskResult> = {}): AskResult {
  const heading = `${cars} cars: `;
  const text = `${heading}${Array.from({ length: cars }, () => 'car').join(', ')}.`;
  return {
    prompt: '',
    text,
    rawText: text,
    dialectText: text,
    things: Array.from({ length: cars }, (_, index) => {
      const centre = 40 + 30 * index;
      const start = heading.length + 5 * index;
      return {
        label: 'car',
        span: { start, end: start + 3 },
        box: { cx: centre, cy: centre, w: 10, h: 10, thetaDeg: 0 },
        score: 0.9,
        rings: null,
      };
    }),
    stopReason: 'end',
    scores: { scene: [{ label: 'airport', probability: 0.8 }] },
    numbers: { malformed: 0, stated: cars },
    timings: {
      visionMs: 1,
      connectorMs: 1,
      prefillMs: 1,
      decodeMs: 10,
      refineMs: 0,
      totalMs: 13,
      promptTokens: 10,
      newTokens: 5,
      tokensPerSecond: 500,
    },
    ...changes,
  };
}

const textures = new Map<string, Float32Array<ArrayBuffer>>();

/** A picture that isn't blank: waves in every band, f32[height, width, bands] in 0–1. Shared; don't write to it. */
export function texture(width: number, height: number, bands: number): Float32Array<ArrayBuffer> {
  const key = `${width} ${height} ${bands}`;
  let data = textures.get(key);
  if (!data) {
    data = Float32Array.from({ length: width * height * bands }, (_, i) => {
      const pixel = Math.floor(i / bands);
      return 0.5 + 0.4 * Math.sin((pixel % width) / 9 + (i % bands)) * Math.cos(Math.floor(pixel / width) / 7);
    });
    textures.set(key, data);
  }
  return data;
}

export interface FakeWorkers extends SessionDeps {
  /** Crashes the running worker; with `silentMs`, it counts as hung. */
  crash(which: 'raster' | 'vlm', details?: { silentMs: number }): void;
  /** Every call, newest last: "raster.open", "vlm.ask" … */
  calls: string[];
  requests: Ask[];
}

type RestOf<All extends unknown[]> = All extends [unknown, ...infer Rest] ? Rest : never;

export interface FakeBehaviour {
  info?: Partial<SceneInfo>;
  /** Given what was opened: a file, or an address where the test opens one. */
  open?: (image: File, ...rest: RestOf<Parameters<RasterApi['open']>>) => Promise<SceneInfo>;
  stretch?: RasterApi['computeStretch'];
  /** The samples of every pixel; NaN: no value. */
  pixel?: number[];
  statistics?: (request: StatisticsRequest) => ValueStatistics;
  read?: (window: PixelWindow, request: ReadRequest) => Partial<BandTile>;
  answer?: VlmApi['ask'];
  look?: VlmApi['look'];
  learn?: VlmApi['learn'];
  detect?: VlmApi['detect'];
  readQuestion?: VlmApi['read'];
  locate?: VlmApi['locateModel'];
  load?: VlmApi['load'];
  attach?: VlmApi['attachAdapter'];
}

export function fakeWorkers(behaviour: FakeBehaviour = {}): FakeWorkers {
  const calls: string[] = [];
  const requests: Ask[] = [];
  const crashers: Partial<Record<'raster' | 'vlm' | 'plans', (details?: { silentMs: number }) => void>> = {};
  /** By name and size alone. */
  const fingerprints = new Map<string, string>();
  let scenes = 0;

  const raster: RasterApi = {
    searchCrs: async () => ({ found: [], total: 0 }),
    describeCrs: async (text) =>
      text.startsWith('EPSG:')
        ? { crs: text, crsName: 'Test CRS', proj4: '+proj=longlat +datum=WGS84', units: 'degree', notes: [] }
        : null,
    open: async (image, ...rest) => {
      if (behaviour.open) return behaviour.open(image as File, ...rest);
      const file = typeof image === 'string' ? new File(['scene'], image) : image;
      scenes += 1;
      fingerprints.set(`s${scenes}`, `${file.name} ${file.size}`);
      return sceneInfo({ id: `s${scenes}`, fileName: file.name, sizeBytes: file.size, ...behaviour.info });
    },
    computeStretch: async (...args) => {
      if (behaviour.stretch) return behaviour.stretch(...args);
      const [, method, low, high, window] = args;
      return { ...TEST_STRETCH, method, low, high, ...(window ? { window } : {}) };
    },
    readBands: async (request) => ({
      width: request.outWidth,
      height: request.outHeight,
      bands: request.bands.map(({ name }) => name),
      validFraction: 1,
      valid: null,
      data: texture(request.outWidth, request.outHeight, request.bands.length),
      ...behaviour.read?.(request.window, request),
    }),
    readRaw: async (request) => ({
      width: request.outWidth,
      height: request.outHeight,
      bands: request.bands,
      data: behaviour.pixel
        ? Float32Array.from([...behaviour.pixel.map((value) => (Number.isNaN(value) ? -1e20 : value)), 1])
        : new Uint8Array(request.outWidth * request.outHeight * (request.bands.length + 1)),
    }),
    statistics: async (request) => {
      if (behaviour.statistics) return behaviour.statistics(request);
      const about = { factor: 1, pixels: 4, isWhole: true, count: 4, min: 0, max: 3, mean: 1.5, stdDev: 1.118 };
      return { ...about, edges: [0, 1, 2, 3], bins: [1, 1, 2], within: request.limits.length > 0 ? 1 : null };
    },
    histogram: async (_scene, bands) =>
      bands.map((band) => ({ band, min: 0, max: 255, mean: 128, stdDev: 40, count: 2, bins: [1, 1] })),
    overviews: async (_scene, onStatus) =>
      onStatus({ state: 'ready', fraction: 1, levels: [1], storage: 'file', bytes: 0, note: null }),
    stopOverviews: async () => undefined,
    buildOverviews: async () => undefined,
    overviewCache: async () => ({ bytes: 0, count: 0, limitBytes: 0 }),
    clearOverviewCache: async () => 0,
    readPixel: async () => behaviour.pixel ?? [1, 2, 3],
    fingerprint: async (id) => fingerprints.get(id) ?? null,
    close: async () => undefined,
  };
  const vlm: VlmApi = {
    locateModel: async (files) => (behaviour.locate ? behaviour.locate(files) : ''),
    load: async (...args) => (behaviour.load ? behaviour.load(...args) : LOADED),
    ask: async (...args) => {
      const [{ intent }] = args;
      requests.push(args[0]);
      const result = behaviour.answer ? await behaviour.answer(...args) : carsResult(2);
      // Words for the intent, unless the test gives its own.
      const words = intent.text || [intent.task, intent.label].filter(Boolean).join(' ');
      return { ...result, prompt: result.prompt || words };
    },
    attachAdapter: async (files) => (behaviour.attach ? behaviour.attach(files) : TEST_ADAPTER),
    detachAdapter: async () => undefined,
    look: async (...args) =>
      behaviour.look?.(...args) ?? {
        masks: [],
        proposals: [],
        scores: {},
        densities: [],
      },
    learn: async (...args) => (behaviour.learn ? behaviour.learn(...args) : testHead()),
    detect: async (...args) =>
      behaviour.detect?.(...args) ?? { boxes: [], heat: { rows: 1, cols: 1, scores: new Float32Array(1) } },
    read: async (...args) => {
      if (!behaviour.readQuestion) throw new NadirError('MODEL_LACKS_TASK', 'The model reads no questions.');
      return behaviour.readQuestion(...args);
    },
    unload: async () => undefined,
  };

  const plans: PlanApi = {
    run: async (plan, evidence, { georeference, width, height }) => {
      const cloned = structuredClone(evidence, { transfer: buffersIn(evidence) });
      return runPlan(plan, unpackEvidence(cloned), groundOf(georeference, width, height));
    },
  };

  const start =
    <Api extends object>(which: 'raster' | 'vlm' | 'plans', api: Api): StartWorker<Api> =>
    (onCrash) => {
      let dead: NadirError | null = null;
      const rejects = new Set<(error: NadirError) => void>();
      const die = (details: { silentMs?: number } = {}) => {
        if (dead) return;
        dead = new NadirError('WORKER_CRASHED', 'A background worker stopped.', {
          details: { worker: which, ...details },
        });
        for (const reject of rejects) reject(dead);
        onCrash(dead);
      };
      crashers[which] = die;
      const called = (name: string, args: unknown[]) =>
        new Promise((resolve, reject) => {
          calls.push(`${which}.${name}`);
          if (dead) return reject(dead);
          rejects.add(reject);
          const method = (api as Record<string, (...all: unknown[]) => Promise<unknown>>)[name];
          method?.(...args).then(resolve, reject);
        });
      const proxy = new Proxy(api, {
        get:
          (_, name) =>
          (...args: unknown[]) =>
            called(String(name), args),
      });
      return { api: proxy, pulse: { silentMs: 0, longestMs: 0, limitMs: 60_000 }, terminate: () => die() };
    };

  return {
    raster: start('raster', raster),
    vlm: start('vlm', vlm),
    plans: start('plans', plans),
    modelBaseUrl: 'http://test.invalid/models/',
    samplesBaseUrl: 'http://test.invalid/samples/',
    fetchParts: async () => undefined,
    storage: createMemoryStore(),
    tab: createMemoryTabs()(),
    crash: (which, details) => crashers[which]?.(details),
    calls,
    requests,
  };
}

/** The active layer's answers, or those given, as GeoJSON. */
// biome-ignore lint/suspicious/noExplicitAny: parsed JSON, looked into freely
export async function exportedGeoJson(session: Session, answerIds?: string[]): Promise<any> {
  const { blob } = await session.exporting.exportAs('geojson', answerIds);
  return JSON.parse(await blob.text());
}

/** The value under `key` of the only session in the storage; undefined if there is none. */
export async function keptBySession(storage: KeyValueStore, key: string): Promise<unknown> {
  const found = (await storage.keys('tab/')).find((each) => each.endsWith(`/${key}`));
  return found === undefined ? undefined : storage.get(found);
}
