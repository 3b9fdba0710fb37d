import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeWorkers } from '../session/fakes.ts';
import { createSession } from '../session/session.ts';
import { createVlmService } from '../workers/vlm/service.ts';
import type { VlmFormat } from './format.ts';
import { formats } from './formats.ts';
import { askOf, viewOf } from './testing/ask-of.ts';
import type { FolderFile } from './types.ts';

/**
 * Follows docs/add-a-model-family.md with a toy. It has no tokens, no prompt template and no tensors. It reads two
 * views at once and answers from their pixels. This is the family's file …
 */
const lightMeter = await vi.hoisted(async (): Promise<VlmFormat> => {
  const { checkViews } = await import('./views.ts');
  type Pixels = import('../imagery/tiles.ts').BandTile;
  const brightness = ({ data }: Pixels) => data.reduce((sum, value) => sum + value, 0) / data.length;
  /** The 8 × 8 pixels around the brightest pixel. */
  const brightest = ({ data, width }: Pixels) => {
    const bands = data.length / (width * width);
    const at = Math.floor(data.indexOf(Math.max(...data)) / bands);
    return { cx: at % width, cy: Math.floor(at / width), w: 8, h: 8, thetaDeg: 0 };
  };
  const open = (settings: { name: string; side: number }): import('./backend.ts').VlmBackend => ({
    card: {
      id: 'light-meter',
      name: settings.name,
      version: '1',
      licence: 'MIT',
      hash: 'abc',
      sizeBytes: 2,
      classes: [{ name: 'light', plural: 'lights' }],
      scenes: [],
      tasks: ['describe', 'find'],
      languages: ['en'],
      scoreMeaning: 'none',
      hasRefiner: false,
    },
    input: {
      tileSize: settings.side,
      tileOverlap: 0,
      maxSlices: 1,
      bands: ['red', 'green', 'blue'].map((name) => ({ name, wavelengthNm: null, optional: false })),
      gsdMetres: null,
      views: { max: 2, pair: false },
    },
    async ask(request, { on }) {
      const checked = checkViews(this, request);
      if (checked.pair) throw new Error('never');
      const [whole, part] = checked.views.map(({ pixels }) => brightness(pixels).toFixed(2));
      const text = part === undefined ? `As bright as ${whole}.` : `The part is as bright as ${part}, all as ${whole}.`;
      on({ kind: 'text', text, newTokens: 1 });
      const { task, label } = request.intent;
      const box = brightest(checked.views[0].pixels);
      return {
        prompt: `/${task} ${label ?? 'all'}`,
        text,
        rawText: text,
        dialectText: text,
        things:
          task === 'find'
            ? [{ label: 'light', box, score: null, rings: null, span: { start: 0, end: text.length } }]
            : [],
        scores: {},
        numbers: { brightness: Number(whole) },
        stopReason: 'end',
        timings: {
          visionMs: 0,
          connectorMs: 0,
          prefillMs: 0,
          decodeMs: 0,
          refineMs: 0,
          totalMs: 0,
          promptTokens: 0,
          newTokens: 1,
          tokensPerSecond: 0,
        },
      };
    },
    inspect: async () => ({ masks: [], proposals: [], scores: {}, densities: [] }),
    warmUp: async () => undefined,
    dispose: async () => undefined,
  });
  return {
    id: 'light-meter',
    description: 'a light meter (a folder with meter.json)',
    recognises: async (files) => (await files.read('meter.json')) !== null,
    read: async (files) => {
      const bytes = (await files.read('meter.json'))!;
      const settings = JSON.parse(new TextDecoder().decode(bytes));
      return { totalBytes: bytes.length, asFolder: () => [], open: async () => open(settings) };
    },
  };
});
/** … and this is its line in the table. */
vi.mock('./formats.ts', async (original) => {
  const { formats } = await original<typeof import('./formats.ts')>();
  return { formats: [...formats, lightMeter] };
});

const meter: FolderFile = {
  path: 'meter.json',
  file: new File([JSON.stringify({ name: 'Light meter', side: 128 })], 'meter.json'),
};
const service = () =>
  createVlmService(
    async () => ({}) as import('./runtime/ort-host.ts').OrtHost,
    () => {},
  );

beforeEach(() => {
  vi.stubGlobal('crossOriginIsolated', false);
  vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
  vi.stubGlobal('fetch', async () => new Response('[]', { status: 404 }));
});
afterEach(() => vi.unstubAllGlobals());

describe('a model family that was just added', () => {
  it('is chosen by its folder, and answers in the app with its own prompt', async () => {
    const vlm = service();
    // A sixteenth of the tile is lit, so the mean is 0.2 + 0.8 / 16.
    const isLit = (x: number, y: number) => x >= 32 && x < 64 && y >= 64 && y < 96;
    const workers = fakeWorkers({
      read: (_window, { outWidth, outHeight }) => ({
        data: Float32Array.from({ length: outWidth * outHeight * 3 }, (_, i) => {
          const pixel = Math.floor(i / 3);
          return isLit(pixel % outWidth, Math.floor(pixel / outWidth)) ? 1 : 0.2;
        }),
      }),
      locate: vlm.locateModel,
      load: vlm.load,
      answer: vlm.ask,
    });
    const session = createSession(workers);
    const chosen = new File([meter.file], 'meter.json');
    Object.defineProperty(chosen, 'webkitRelativePath', { value: 'models/outdoors/meter.json' });
    await session.model.loadFolder([chosen]);
    expect(session.model.folder.value).toBe('outdoors');
    expect(session.model.state.value).toMatchObject({
      status: 'ready',
      loaded: { model: { name: 'Light meter', tileSize: 128 } },
    });
    await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));

    const described = await session.asking.ask({ task: 'describe', region: 'scene', slicing: 'resize' });
    expect(described).toMatchObject({
      question: 'Describe this image.',
      prompt: '/describe all',
      text: 'As bright as 0.25.',
      numbers: { brightness: 0.25 },
    });
    const found = await session.asking.ask({ task: 'find', label: 'lights', region: 'scene', slicing: 'resize' });
    expect(found).toMatchObject({ question: 'Find all lights.', prompt: '/find light', counts: { merged: 1 } });
    // One tile pixel covers two source pixels.
    expect(session.review.objects.value[0]?.box).toMatchObject({ cx: 64, cy: 128, w: 16 });
    await expect(session.asking.ask({ task: 'count', label: 'light' })).rejects.toMatchObject({
      code: 'MODEL_LACKS_TASK',
    });
    await expect(vlm.attachAdapter([])).rejects.toMatchObject({ code: 'ADAPTER_UNSUPPORTED' });
  });

  it('gets as many views per prompt as it takes, each with its role', async () => {
    const vlm = service();
    await vlm.load([meter], 'wasm', () => {});
    const signal = new AbortController().signal;
    const grey = (value: number) => ({
      width: 16,
      height: 16,
      bands: ['red', 'green', 'blue'],
      validFraction: 1,
      valid: null,
      data: new Float32Array(16 * 16 * 3).fill(value),
    });
    const [whole, part] = [viewOf(grey(0.25), 'overview'), viewOf(grey(0.75), 'slice')];
    const { text } = await vlm.ask(askOf('', grey(0), { views: [whole, part] }), signal, () => {});
    expect(text).toBe('The part is as bright as 0.75, all as 0.25.');
    const three = askOf('', grey(0), { views: [whole, part, viewOf(grey(1), 'slice')] });
    await expect(vlm.ask(three, signal, () => {})).rejects.toMatchObject({
      code: 'VIEWS_UNSUPPORTED',
      message: expect.stringContaining('takes 2 views a question, and got 3'),
    });
    const pair = askOf('', grey(0), { views: [viewOf(grey(0), 'before'), viewOf(grey(1), 'after')] });
    await expect(vlm.ask(pair, signal, () => {})).rejects.toMatchObject({ code: 'VIEWS_UNSUPPORTED' });
  });
});

describe('a folder', () => {
  const file = (path: string) => ({ path, file: new File(['{}'], path) });

  it('belongs to the first format that recognises it, and the uppermost folder wins', async () => {
    const paths = ['a/old/nadir.json', 'a/meter.json', 'b/c/nadir.json'].map(file);
    expect(await service().locateModel(paths)).toBe('a/');
    expect(await service().locateModel([file('nadir.json'), file('x/meter.json')])).toBe('');
    // A damaged Nadir model is still recognised as one, and the error names its fault.
    await expect(service().load([file('nadir.json'), file('meter.json')], 'wasm', () => {})).rejects.toMatchObject({
      code: 'MODEL_MANIFEST_INVALID',
    });
  });

  it('without a known model is refused, and the error lists the known formats', async () => {
    const known = expect.stringMatching(/nadir\.json\), or a light meter/);
    const refused = {
      code: 'MODEL_FILE_MISSING',
      message: known,
      details: { formats: ['nadir-model', 'light-meter'] },
    };
    await expect(service().locateModel([file('holiday/beach.jpg')])).rejects.toMatchObject(refused);
    await expect(service().load([file('beach.jpg')], 'wasm', () => {})).rejects.toMatchObject(refused);
  });

  it('that a server lacks is refused, and the error gives the server’s answer', async () => {
    await expect(service().load('http://model.test/', 'wasm', () => {})).rejects.toMatchObject({
      code: 'MODEL_FILE_MISSING',
      message: expect.stringMatching(/"nadir.json" could not be loaded: the server answered 404.*a light meter/),
    });
  });
});

it('every format has its own id', () => {
  expect(new Set(formats.map(({ id }) => id)).size).toBe(formats.length);
});
