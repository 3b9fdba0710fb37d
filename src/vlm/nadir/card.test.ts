import { describe, expect, it } from 'vitest';
import type { Manifest } from '../manifest/manifest.ts';
import { parseManifest } from '../manifest/manifest.ts';
import { readEmbeddedFiles } from '../testing/node-model.ts';
import { cardOf, inputOf } from './card.ts';

const files = await readEmbeddedFiles();
const infoOf = (change: Partial<Manifest>) => cardOf({ ...files, manifest: { ...files.manifest, ...change } });
const all = infoOf({}).tasks;
const lost = (change: Partial<Manifest>) => all.filter((task) => !infoOf(change).tasks.includes(task));

describe('cardOf', () => {
  it('offers everything that the embedded model can do', () => {
    expect(all).toEqual(expect.arrayContaining(['describe', 'find', 'segment', 'identify', 'quality', 'change']));
    expect(infoOf({})).toMatchObject({ hasRefiner: true, scenesZh: expect.arrayContaining(['农田']) });
  });

  it.each<[slot: string, change: Partial<Manifest>, tasks: string[], told: object]>([
    ['detector', { detector: null }, ['identify', 'cover'], { classes: [] }],
    ['scenes', { scenes: null }, [], { scenes: [], scenesZh: [] }],
    ['presence', { presence: null }, [], { presence: [], presenceZh: [] }],
    ['quality', { quality: null }, ['quality'], { quality: [], qualityZh: [] }],
    ['density', { density: null }, [], { densities: [] }],
    ['change', { change: null }, ['change'], {}],
    ['refiner', { refiner: null }, ['segment'], { hasRefiner: false }],
  ])('offers without %s only tasks that do not need it', (_, change, tasks, told) => {
    expect(lost(change)).toEqual(tasks);
    expect(infoOf(change)).toMatchObject(told);
  });

  it('states how accurate counts are, if that was measured', () => {
    const { detector, density } = files.manifest;
    const classes = [{ name: 'car', plural: 'cars', recall: 0.8, calibration: { slope: 1, offset: 0 } }];
    const trees = [{ name: 'tree', plural: 'trees', relativeError: 0.3 }];
    const told = infoOf({
      detector: { ...detector!, classes, placeSpread: 0.7 },
      density: { ...density!, classes: trees },
    });
    expect(told.classes).toEqual([{ name: 'car', plural: 'cars', recall: 0.8 }]);
    expect(told).toMatchObject({ densities: trees, placeSpread: 0.7 });
    const { placeSpread: _, ...unmeasured } = detector!;
    expect(infoOf({ detector: unmeasured })).not.toHaveProperty('placeSpread');
  });

  it('can be asked in Chinese if all of its tasks can', () => {
    expect(infoOf({}).languages).toEqual(['en', 'zh']);
    const { tasks } = files.manifest;
    expect(infoOf({ tasks: { ...tasks, find: { prompt: tasks.find!.prompt } } }).languages).toEqual(['en']);
  });

  it('has no Chinese names if one is missing', () => {
    const labels = [{ name: 'beach', zh: '海滩' }, { name: 'river' }];
    expect(infoOf({ presence: { labels } })).toMatchObject({ presence: ['beach', 'river'], presenceZh: [] });
  });
});

it('describes the input that the model takes', () => {
  expect(inputOf(files.manifest)).toMatchObject({
    tileSize: 256,
    maxSlices: 6,
    slicing: 'auto',
    views: { max: 1, pair: true },
  });
  expect(inputOf({ ...files.manifest, change: null }).views).toEqual({ max: 1, pair: false });
});

describe('a manifest', () => {
  const read = (without: string[]) => {
    const document = { ...files.manifest, dialect: { id: 'nadir', ...nested(files.manifest.dialect.facts) } };
    const { imageSize: _, bands: __, ...vision } = files.manifest.vision;
    const kept = Object.entries({ ...document, vision }).filter(([key]) => !without.includes(key));
    return parseManifest(Object.fromEntries(kept));
  };

  it.each([
    [['refiner']],
    [['detector', 'refiner']],
    [['scenes']],
    [['presence']],
    [['quality']],
    [['density']],
    [['change']],
    [['detector', 'refiner', 'scenes', 'presence', 'quality', 'density', 'change']],
  ])('opens without %j', (slots) => {
    const manifest = read(slots);
    for (const slot of slots) expect(manifest[slot as keyof Manifest]).toBeNull();
    expect(manifest.id).toBe('nadir-s');
  });
});

/** Facts such as `angle.unit` as nested objects. */
function nested(facts: Readonly<Record<string, unknown>>): object {
  const out: Record<string, Record<string, unknown> | unknown> = {};
  for (const [path, value] of Object.entries(facts)) {
    const [first = '', second] = path.split('.');
    out[first] = second === undefined ? value : { ...(out[first] as object), [second]: value };
  }
  return out;
}
