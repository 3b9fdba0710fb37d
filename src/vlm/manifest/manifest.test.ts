import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest.ts';

const text = readFileSync(new URL('../../../public/models/nadir-s/nadir.json', import.meta.url), 'utf8');
// biome-ignore lint/suspicious/noExplicitAny: the tests break a JSON document anywhere
const document = (): any => JSON.parse(text);

/** The embedded model's manifest as 0.2 has it. */
// biome-ignore lint/suspicious/noExplicitAny: as above
function document02(): any {
  const file = { bytes: 1, sha256: '0'.repeat(64) };
  const made = document();
  const [first, ...others] = made.detector.classes;
  return {
    ...made,
    tokensPerSlice: 69,
    connector: { graph: 'onnx/connector.onnx', neckStride: 8, neckGrid: [32, 32] },
    detector: { classes: [{ ...first, zh: '飞机' }, ...others], stride: 4, grid: [64, 64] },
    quality: ['blur', 'noise'],
    qualityZh: ['模糊', '噪声'],
    density: [{ name: 'tree', plural: 'trees', zh: '树' }],
    change: { graph: 'onnx/change.onnx', max: 16, minScore: 0.2, nmsIou: 0.3, stride: 8, grid: [32, 32] },
    tasks: { ...made.tasks, find: { prompt: 'Find all {label}.', zh: '找出所有{label}。' } },
    files: { ...made.files, 'onnx/change.onnx': file, 'onnx/change_proposals.onnx': file },
  };
}

describe('parseManifest', () => {
  it('reads the embedded model', () => {
    const manifest = parseManifest(document());
    expect(manifest.id).toBe('nadir-s');
    expect(manifest.detector.grid[0] * manifest.detector.stride).toBe(manifest.slicing.tile);
    expect(manifest.vision.stem.map((s) => s.name)).toEqual(['conv1', 'conv2', 'conv2b', 'conv3']);
    expect(manifest.llm.weights.some((w) => w.kind === 'q4')).toBe(true);
    expect(manifest.tasks.find?.prompt).toContain('{label}');
    expect(Object.keys(manifest.files)).toContain('onnx/llm_q4.bin');
  });

  // biome-ignore lint/suspicious/noExplicitAny: as above
  it.each<[key: string, breakIt: (d: any) => void]>([
    ['format', (d) => (d.format = 'nadir-model/9')],
    ['id', (d) => delete d.id],
    ['slicing.tile', (d) => (d.slicing.tile = 128)],
    ['detector.classes', (d) => (d.detector.classes = 'cars')],
    ['detector.classes[1].plural', (d) => delete d.detector.classes[1].plural],
    ['detector.grid', (d) => (d.detector.grid = [16, 16])],
    ['proposals.nmsIou', (d) => (d.proposals.nmsIou = 'much')],
    ['proposals.peakWindow', (d) => (d.proposals.peakWindow = 4)],
    ['dialect.id', (d) => (d.dialect.id = 'geochat')],
    ['dialect.scale', (d) => (d.dialect.scale = 100)],
    ['dialect.angle.direction', (d) => (d.dialect.angle.direction = 'counter-clockwise')],
    ['vision.std', (d) => d.vision.std.pop()],
    ['vision.std[0]', (d) => (d.vision.std[0] = 0)],
    ['vision.stem[0].act', (d) => (d.vision.stem[0].act = 'relu')],
    ['llm.layers', (d) => (d.llm.layers = 2.5)],
    ['llm.embed.shape', (d) => (d.llm.embed.shape[1] = 7)],
    ['llm.f32Bytes', (d) => (d.llm.f32Bytes = 64)],
    ['refiner.fits', (d) => (d.refiner.fits = 'building')],
    ['refiner.fitPasses', (d) => (d.refiner.fitPasses = 0)],
    ['refiner.fits[0].class', (d) => (d.refiner.fits = [{ class: 'tree', minScore: 0.1 }])],
    ['refiner.fits[0].minScore', (d) => (d.refiner.fits = [{ class: 'building' }])],
    ['tasks.find.prompt', (d) => delete d.tasks.find.prompt],
    ['files.onnx/llm_q4.bin', (d) => delete d.files['onnx/llm_q4.bin']],
    ['files.onnx/vision.onnx.sha256', (d) => (d.files['onnx/vision.onnx'].sha256 = 'ABC')],
  ])('names %s', (key, breakIt) => {
    const broken = document();
    breakIt(broken);
    expect(() => parseManifest(broken)).toThrow(
      expect.objectContaining({
        code: 'MODEL_MANIFEST_INVALID',
        details: { key },
        message: expect.stringContaining(key),
      }),
    );
  });

  it('reads a model with one grid, without Chinese, density, quality and change', () => {
    const old = document();
    old.detector.stride = 8;
    old.detector.grid = [32, 32];
    for (const key of ['quality', 'qualityZh', 'scenesZh', 'presenceZh', 'density', 'change']) delete old[key];
    for (const key of ['sceneCalibration', 'regionCalibration']) delete old[key];
    old.connector = { graph: 'onnx/connector.onnx' };
    old.tasks = { find: { prompt: 'Find all {label}.' } };
    const manifest = parseManifest(old);
    expect(manifest.neck).toEqual({ stride: 8, grid: [32, 32] });
    expect(manifest).toMatchObject({ quality: [], qualityZh: [], scenesZh: [], density: [], change: null });
    expect(manifest).toMatchObject({ sceneTemperature: 1, regionCalibration: null });
    expect(manifest.tasks.find).toEqual({ prompt: 'Find all {label}.' });
  });

  it('reads which boxes are fitted to their masks, none by default', () => {
    const read = (rest: object) =>
      parseManifest({ ...document(), refiner: { ...document().refiner, ...rest } }).refiner;
    expect(read({ fits: undefined, fitPasses: undefined })).toMatchObject({ fits: [], fitPasses: 1 });
    const fits = [{ class: 'building', minScore: 0.05 }];
    expect(read({ fits, fitPasses: 2 })).toMatchObject({ fits, fitPasses: 2, repeatIou: 0.5 });
  });

  it('reads how the scores of a class become probabilities', () => {
    const read = (calibration: unknown) => {
      const wanted = document02();
      Object.assign(wanted.detector.classes[0], { calibration });
      return parseManifest(wanted).detector.classes[0];
    };
    expect(read({ slope: 1.5, offset: -2 })).toMatchObject({ calibration: { slope: 1.5, offset: -2 } });
    expect(read(undefined)).not.toHaveProperty('calibration');
    const key = 'detector.classes[0].calibration.slope';
    expect(() => read({ slope: -1, offset: 0 })).toThrow(expect.objectContaining({ details: { key } }));
  });

  it('reads other words for a class, and what the image-wide claims are worth', () => {
    const wanted = document02();
    wanted.detector.classes[0].also = ['jet', '客机'];
    wanted.sceneCalibration = { temperature: 1.25 };
    wanted.regionCalibration = { heat: 0.5, iou: 4, none: -5, offset: -1 };
    const manifest = parseManifest(wanted);
    expect(manifest.detector.classes[0]?.also).toEqual(['jet', '客机']);
    expect(manifest).toMatchObject({ sceneTemperature: 1.25, regionCalibration: { none: -5 } });
    expect(manifest.scenesZh).toHaveLength(manifest.scenes.length);
  });

  it('reads a finer dense head, Chinese, density, quality and change', () => {
    const manifest = parseManifest(document02());
    expect(manifest.detector).toMatchObject({ stride: 4, grid: [64, 64] });
    expect(manifest.neck).toEqual({ stride: 8, grid: [32, 32] });
    expect(manifest.detector.classes[0]).toMatchObject({ name: 'airplane', plural: 'airplanes', zh: '飞机' });
    expect(manifest.density).toEqual([{ name: 'tree', plural: 'trees', zh: '树' }]);
    expect(manifest.quality).toEqual(['blur', 'noise']);
    expect(manifest.tasks.find).toEqual({ prompt: 'Find all {label}.', zh: '找出所有{label}。' });
    expect(manifest.change).toEqual({
      graph: 'onnx/change.onnx',
      embedGraph: 'onnx/change_proposals.onnx',
      proposals: { max: 16, minScores: [0.2], nmsIou: 0.3, peakWindow: 3 },
      visualRows: 5,
      stride: 8,
      grid: [32, 32],
    });
  });

  // biome-ignore lint/suspicious/noExplicitAny: as above
  it.each<[key: string, breakIt: (d: any) => void]>([
    ['connector.neckGrid', (d) => (d.connector.neckGrid = [16, 16])],
    ['detector.classes[0].zh', (d) => (d.detector.classes[0].zh = 7)],
    ['density[0].plural', (d) => delete d.density[0].plural],
    ['qualityZh', (d) => d.qualityZh.pop()],
    ['sceneCalibration.temperature', (d) => (d.sceneCalibration = { temperature: 0 })],
    ['regionCalibration.iou', (d) => (d.regionCalibration = { heat: 1, iou: -1, none: 0, offset: 0 })],
    ['change.stride', (d) => Object.assign(d.change, { stride: 4, grid: [64, 64] })],
    ['change.visualRows', (d) => (d.change.visualRows = 99)],
    ['files.onnx/change_proposals.onnx', (d) => delete d.files['onnx/change_proposals.onnx']],
  ])('names %s', (key, breakIt) => {
    const broken = document02();
    breakIt(broken);
    expect(() => parseManifest(broken)).toThrow(expect.objectContaining({ details: { key } }));
  });

  it('names the weight whose size is wrong', () => {
    const broken = document();
    const at = broken.llm.weights.findIndex((w: { kind: string }) => w.kind === 'q4');
    broken.llm.weights[at].q.bytes -= 1;
    expect(() => parseManifest(broken)).toThrow(
      expect.objectContaining({ details: { key: `llm.weights[${at}].q.bytes` } }),
    );
  });

  it.each([[null], [[]], ['text'], [7], [{}]])('refuses %j', (json) => {
    expect(() => parseManifest(json)).toThrow(expect.objectContaining({ code: 'MODEL_MANIFEST_INVALID' }));
  });
});
