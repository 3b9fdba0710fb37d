import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest.ts';

/** The tests change a JSON document at any place. */
// biome-ignore lint/suspicious/noExplicitAny: as above
type Document = any;
const read = (path: string): Document => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
/** The manifest of 0.5.1, and the one of the model that ships. */
const document = () => read('fixtures/nadir-s-0.5.1-2.json');
const shipped = () => read('../../../public/models/nadir-s/nadir.json');
/** Manifests in the format nadir-model/1: that of 0.5.1, and a converted model's. */
const document1 = () => read('fixtures/nadir-s-0.5.1.json');
const converted1 = () => read('fixtures/tiny-converted-1.json');

const COVER = { labels: [{ name: 'water' }, { name: 'trees' }], stride: 4, grid: [64, 64], meaning: 'probability' };
const twoScales = (second: object) => [
  { gsd: [0.05, 3], from: 0, to: 11 },
  { gsd: [5, 30], from: 11, to: 21, ...second },
];

describe('parseManifest', () => {
  it('reads the manifest of 0.5.1', () => {
    const manifest = parseManifest(document());
    expect(manifest.id).toBe('nadir-s');
    expect(manifest.bands.map(({ name, optional }) => [name, optional])).toEqual([
      ['red', false],
      ['green', false],
      ['blue', false],
      ['nir', true],
    ]);
    expect(manifest.vision).toMatchObject({ imageSize: 256, bands: 4, graph: 'onnx/vision.onnx' });
    expect(manifest.vision.stem.map((s) => s.name)).toEqual(['conv1', 'conv2', 'conv2b', 'conv3']);
    expect(manifest.slicing).toEqual({ default: 'auto', tile: 256, overlap: 0.25, maxSlices: 6 });
    expect(manifest.dialect.id).toBe('nadir');
    expect(manifest.detector).toMatchObject({ stride: 4, grid: [64, 64], proposals: { max: 48, peakWindow: 3 } });
    expect(manifest.detector?.classes[0]).toMatchObject({ name: 'airplane', plural: 'airplanes', zh: '飞机' });
    expect(manifest.scenes?.labels[0]).toEqual({ name: 'agricultural land', zh: '农田' });
    expect(manifest.llm.weights.some((w) => w.kind === 'q4')).toBe(true);
    expect(manifest.llm.weightFiles).toEqual(['onnx/llm_q4.bin']);
    expect(manifest.tasks.find).toEqual({ prompt: 'Find all {label}.', zh: '找出所有{label}。' });
  });

  it('reads everything that the embedded model states', () => {
    const written = shipped();
    const { dialect: _, ...stated } = written;
    expect(parseManifest(written)).toMatchObject(stated);
  });

  it('reads land cover, scenes by scale and masks for some of the classes', () => {
    const added = document();
    added.scenes.scales = twoScales({});
    added.cover = { ...COVER, iou: 0.5, gsd: { min: 0.3, max: 10 } };
    added.refiner.classes = ['building'];
    added.refiner.fits = [];
    expect(parseManifest(added)).toMatchObject({
      scenes: { scales: twoScales({}) },
      cover: added.cover,
      refiner: { classes: ['building'] },
    });
    expect(parseManifest(document())).toMatchObject({ cover: null });
  });

  it.each<[key: string, breakIt: (d: Document) => void]>([
    ['format', (d) => (d.format = 'nadir-model/9')],
    ['id', (d) => delete d.id],
    ['licence', (d) => (d.licence = '')],
    ['schema', (d) => (d.schema = { column: ',', row: '\n' })],
    ['quallity', (d) => (d.quallity = d.quality)],
    ['slicing.default', (d) => (d.slicing.default = 'quadtree')],
    ['slicing.modes', (d) => (d.slicing.modes = ['resize'])],
    ['bands', (d) => (d.bands[3].name = 'red')],
    ['bands[1].mean', (d) => delete d.bands[1].mean],
    ['bands[0].std', (d) => (d.bands[0].std = 0)],
    ['bands[3].optional', (d) => (d.bands[3].optional = 'yes')],
    ['connector.neck', (d) => delete d.connector.neck],
    ['connector.neck.grid', (d) => (d.connector.neck.grid = [16, 16])],
    ['detector.classes', (d) => (d.detector.classes = 'cars')],
    ['detector.classes[1].plural', (d) => delete d.detector.classes[1].plural],
    ['detector.classes[0].zh', (d) => (d.detector.classes[0].zh = 7)],
    ['detector.classes[0].calibration.slope', (d) => (d.detector.classes[0].calibration.slope = -1)],
    ['detector.classes[0].recall', (d) => (d.detector.classes[0].recall = 0)],
    ['detector.classes[0].recall', (d) => (d.detector.classes[0].recall = 1.2)],
    ['detector.placeSpread', (d) => (d.detector.placeSpread = -1)],
    ['density.classes[0].relativeError', (d) => (d.density.classes[0].relativeError = 'some')],
    ['detector.grid', (d) => (d.detector.grid = [16, 16])],
    ['detector.proposals.graph', (d) => delete d.detector.proposals.graph],
    ['detector.proposals.nmsIou', (d) => (d.detector.proposals.nmsIou = 'much')],
    ['detector.proposals.peakWindow', (d) => (d.detector.proposals.peakWindow = 4)],
    ['detector.proposals.minScores', (d) => d.detector.proposals.minScores.pop()],
    ['detector.prompt.classes[1]', (d) => (d.detector.prompt = { classes: ['car', 'boat'], max: 8 })],
    ['detector.regionCalibration.iou', (d) => (d.detector.regionCalibration.iou = -1)],
    ['detector', (d) => delete d.detector],
    ['scenes.temperature', (d) => (d.scenes.temperature = 0)],
    ['density.classes[0].plural', (d) => delete d.density.classes[0].plural],
    ['dialect.id', (d) => (d.dialect.id = 'geochat')],
    ['dialect.scale', (d) => (d.dialect.scale = 100)],
    ['dialect.angle.direction', (d) => (d.dialect.angle.direction = 'counter-clockwise')],
    ['dialect.empty', (d) => (d.dialect.empty = 'There are no')],
    ['vision.stem[0].act', (d) => (d.vision.stem[0].act = 'relu')],
    ['vision.stem[0].residual', (d) => (d.vision.stem[0].residual = 1)],
    ['vision.stem[1].in', (d) => (d.vision.stem[1].in = 127)],
    ['vision.taps[0].layer', (d) => (d.vision.taps = [{ name: 'fine', layer: 'conv9' }])],
    ['slicing.tile', (d) => (d.slicing.tile = 250)],
    ['llm.layers', (d) => (d.llm.layers = 2.5)],
    ['llm.embed.shape', (d) => (d.llm.embed.shape[1] = 7)],
    ['llm.f32Bytes', (d) => (d.llm.f32Bytes = 64)],
    ['llm.weights[0].kind', (d) => (d.llm.weights[0].kind = 'q8')],
    ['llm.weightFiles', (d) => (d.llm.weights[0].source.file = 'onnx/llm_q4.1.bin')],
    ['change.stride', (d) => Object.assign(d.change, { stride: 4, grid: [64, 64] })],
    ['change.visualRows', (d) => (d.change.visualRows = 99)],
    ['scenes.scales[0].gsd', (d) => (d.scenes.scales = [{ gsd: [3, 0.05], from: 0, to: 21 }])],
    ['scenes.scales[0].to', (d) => (d.scenes.scales = [{ gsd: [0.05, 3], from: 0, to: 20 }])],
    ['scenes.scales[0].to', (d) => (d.scenes.scales = [{ gsd: [0.05, 3], from: 0, to: 22 }])],
    ['scenes.scales[1].from', (d) => (d.scenes.scales = twoScales({ from: 10 }))],
    ['scenes.scales[1].gsd', (d) => (d.scenes.scales = twoScales({ gsd: [2, 30] }))],
    ['cover.grid', (d) => (d.cover = { ...COVER, grid: [32, 32] })],
    ['cover.labels', (d) => (d.cover = { ...COVER, labels: [{ name: 'water' }] })],
    ['cover.gsd.min', (d) => (d.cover = { ...COVER, gsd: { max: 30 } })],
    ['refiner.classes[1]', (d) => (d.refiner.classes = ['building', 'horse'])],
    ['refiner.fits', (d) => (d.refiner.fits = 'building')],
    ['refiner.fitPasses', (d) => (d.refiner.fitPasses = 0)],
    ['refiner.fits[0].class', (d) => (d.refiner.fits = [{ class: 'tree', minScore: 0.1 }])],
    ['refiner.fits[0].minScore', (d) => (d.refiner.fits = [{ class: 'building' }])],
    ['tasks.find.prompt', (d) => delete d.tasks.find.prompt],
    ['files.onnx/llm_q4.bin', (d) => delete d.files['onnx/llm_q4.bin']],
    ['files.onnx/change_proposals.onnx', (d) => delete d.files['onnx/change_proposals.onnx']],
    ['files.onnx/other.onnx', (d) => (d.vision.graph = 'onnx/other.onnx')],
    ['files.onnx/vision.onnx.sha256', (d) => (d.files['onnx/vision.onnx'].sha256 = 'ABC')],
  ])('names %s', (key, breakIt) => {
    const broken = document();
    breakIt(broken);
    expect(() => parseManifest(broken)).toThrow(
      expect.objectContaining({
        code: 'MODEL_MANIFEST_INVALID',
        details: { key },
        message: expect.stringContaining(`is wrong at "${key}": found `),
      }),
    );
  });

  it.each<[sentence: string, breakIt: (d: Document) => void]>([
    ['wrong at "id": found nothing, expected a value.', (d) => delete d.id],
    ['wrong at "gsd.min": found "small", expected a number of at least 0.', (d) => (d.gsd.min = 'small')],
    ['wrong at "llm.layers": found 2.5, expected an integer of at least 1.', (d) => (d.llm.layers = 2.5)],
    ['wrong at "schema": found {}, expected no such key.', (d) => (d.schema = {})],
    ['wrong at "dialect.id": found "x", expected one of "nadir".', (d) => (d.dialect.id = 'x')],
  ])('says "%s"', (sentence, breakIt) => {
    const broken = document();
    breakIt(broken);
    expect(() => parseManifest(broken)).toThrow(sentence);
  });

  it('names the weight whose size is wrong', () => {
    const broken = document();
    const at = broken.llm.weights.findIndex((w: { kind: string }) => w.kind === 'q4');
    broken.llm.weights[at].q.bytes -= 1;
    expect(() => parseManifest(broken)).toThrow(
      expect.objectContaining({ details: { key: `llm.weights[${at}].q.bytes` } }),
    );
  });

  it.each([[null], [[]], ['text'], [7], [{}], [{ format: 'nadir-model/1' }]])('refuses %j', (json) => {
    expect(() => parseManifest(json)).toThrow(expect.objectContaining({ code: 'MODEL_MANIFEST_INVALID' }));
  });
});

describe('nadir-model/1', () => {
  it('is upgraded to the newest format', () => {
    const { files: _, ...upgraded } = parseManifest(document1());
    const { files: __, ...now } = parseManifest(document());
    // nadir-model/1 had neither the question reader nor the accuracy of counts.
    const { placeSpread: ___, ...detector } = now.detector!;
    expect(upgraded).toEqual({
      ...now,
      reader: null,
      detector: { ...detector, classes: detector.classes.map(({ recall: _, ...rest }) => rest) },
      density: { classes: now.density!.classes.map(({ relativeError: _, ...rest }) => rest) },
    });
  });

  it('is read for a converted model that has no heads and has its tower only as a graph', () => {
    const manifest = parseManifest(converted1());
    const now = parseManifest(read('../../../e2e/fixtures/tiny-converted/nadir.json'));
    expect(manifest).toEqual(now);
    expect(manifest).toMatchObject({ detector: null, scenes: null, presence: null, change: null, refiner: null });
    expect(manifest).toMatchObject({ connector: { neck: null }, vision: { stem: [], imageSize: 32, bands: 3 } });
  });

  it('slices scenes as before, whatever default it states, because nothing read that key', () => {
    const uhd = converted1();
    uhd.slicing.default = 'llava-uhd';
    expect(parseManifest(uhd).slicing.default).toBe('auto');
  });

  it('may have only one grid, and no Chinese, density, quality, change or calibration', () => {
    const old = document1();
    old.detector.stride = 8;
    old.detector.grid = [32, 32];
    for (const key of ['quality', 'qualityZh', 'scenesZh', 'presenceZh', 'density', 'change']) delete old[key];
    for (const key of ['sceneCalibration', 'regionCalibration']) delete old[key];
    for (const each of old.detector.classes) delete each.calibration;
    old.connector = { graph: 'onnx/connector.onnx' };
    old.proposals.minScore = 0.3;
    delete old.proposals.peakWindow;
    old.tasks = { find: { prompt: 'Find all {label}.' } };
    const manifest = parseManifest(old);
    expect(manifest.connector.neck).toEqual({ stride: 8, grid: [32, 32] });
    expect(manifest).toMatchObject({ quality: null, density: null, change: null, scenes: { temperature: 1 } });
    expect(manifest.scenes?.labels[0]).toEqual({ name: 'agricultural land' });
    expect(manifest.detector).toMatchObject({ regionCalibration: null });
    expect(manifest.detector?.proposals).toMatchObject({ minScores: new Array(6).fill(0.3), peakWindow: 3 });
    expect(manifest.tasks.find).toEqual({ prompt: 'Find all {label}.' });
  });

  it('may name the classes whose boxes are fitted without least scores, or name none', () => {
    const fitted = (refiner: object) =>
      parseManifest({ ...document1(), refiner: { ...document1().refiner, ...refiner } }).refiner;
    const fits = ['building', 'car'].map((name) => ({ class: name, minScore: 0 }));
    expect(fitted({ fits: ['building', 'car'] })).toMatchObject({ fits });
    const none = { fits: undefined, fitPasses: undefined, repeatIou: undefined };
    expect(fitted(none)).toMatchObject({ fits: [], fitPasses: 1, repeatIou: 0.5 });
  });

  it('may have a change head with the files and rows of 0.2', () => {
    const old = document1();
    old.change = { graph: 'onnx/change.onnx', max: 16, minScore: 0.2, nmsIou: 0.3, stride: 8, grid: [32, 32] };
    expect(parseManifest(old).change).toEqual({
      graph: 'onnx/change.onnx',
      proposalGraph: 'onnx/change_proposals.onnx',
      max: 16,
      minScore: 0.2,
      nmsIou: 0.3,
      peakWindow: 3,
      visualRows: 5,
      stride: 8,
      grid: [32, 32],
    });
  });

  it('may have its 4-bit weights in several files, and no f32 graph', () => {
    const old = converted1();
    old.files['onnx/llm_q4.1.bin'] = old.files['onnx/llm_q4.bin'];
    delete old.files['onnx/llm_f32.onnx'];
    const { llm } = parseManifest(old);
    expect(llm).toMatchObject({
      graphs: { q4: 'onnx/llm_q4.onnx', f32: null },
      weightFiles: ['onnx/llm_q4.bin', 'onnx/llm_q4.1.bin'],
    });
  });

  it.each<[key: string, breakIt: (d: Document) => void]>([
    ['slicing.tile', (d) => (d.slicing.tile = 128)],
    ['vision.std', (d) => d.vision.std.pop()],
    ['bands[0].std', (d) => (d.vision.std[0] = 0)],
    ['qualityZh', (d) => d.qualityZh.pop()],
    ['dialect.scale', (d) => (d.dialect.scale = 100)],
    ['detector.proposals.nmsIou', (d) => (d.proposals.nmsIou = 'much')],
    ['files.onnx/vision.onnx', (d) => delete d.files['onnx/vision.onnx']],
  ])('names %s by its key in the newest format', (key, breakIt) => {
    const broken = document1();
    breakIt(broken);
    expect(() => parseManifest(broken)).toThrow(expect.objectContaining({ details: { key } }));
  });
});
