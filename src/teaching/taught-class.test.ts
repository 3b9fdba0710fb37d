import { expect, it } from 'vitest';
import { textOf } from './float-text.ts';
import {
  keyOf,
  PARTS,
  parseTaughtClass,
  readTaughtClass,
  requireSameModel,
  type TaughtClass,
  taughtClassOf,
  writeTaughtClass,
} from './taught-class.ts';

const CHANNELS = 4;

function example(): TaughtClass {
  return taughtClassOf({
    name: '游泳池 (small)',
    model: { id: 'm', name: 'Model', hash: 'abc123' },
    scale: { metres: 0.3, sourcePx: 0.5 },
    head: {
      channels: CHANNELS,
      sidePx: 30,
      weights: textOf(Float32Array.from({ length: PARTS * CHANNELS }, (_, i) => i / 7)),
      bias: -0.1,
      shape: { w: 40, h: 20, thetaDeg: 30 },
      reshape: null,
      calibration: { slope: 2, offset: -1 },
      separation: 0.97,
    },
    sources: [{ name: 'scene.tif', crs: 'EPSG:26911' }],
    examples: [{ source: 0, box: { cx: 5, cy: 6, w: 20, h: 10, thetaDeg: 30 }, isOne: true }],
    tiles: 3,
  });
}

const blobOf = (text: string) => new Blob([text]);

it('reads what it wrote, to the same key', async () => {
  const { fileName, blob } = writeTaughtClass(example());
  expect(fileName).toBe('游泳池-small.nadir-class.json');
  const read = await readTaughtClass(blob);
  expect(read).toEqual({ ...example(), createdAt: read.createdAt });
  expect(keyOf(read)).toBe(keyOf(example()));
  const { head } = example();
  expect(keyOf({ head: { ...head, bias: 0 } })).not.toBe(keyOf(read));
});

type Changed = (taught: ReturnType<typeof example>) => unknown;
const hostile: [what: string, part: string, change: Changed][] = [
  ['another version', 'format', (taught) => ({ ...taught, format: 'nadir-class/9' })],
  ['an array', 'format', () => []],
  ['weights for fewer channels', 'head', (taught) => ({ ...taught, head: { ...taught.head, channels: 3 } })],
  ['weights that are no base64', 'head.weights', (taught) => ({ ...taught, head: { ...taught.head, weights: '<b>' } })],
  [
    'weights that are not finite',
    'head.weights',
    (taught) => ({
      ...taught,
      head: { ...taught.head, weights: textOf(new Float32Array(PARTS * CHANNELS).fill(Number.NaN)) },
    }),
  ],
  [
    'a slope that reverses the order',
    'head.calibration.slope',
    (taught) => ({ ...taught, head: { ...taught.head, calibration: { slope: -1, offset: 0 } } }),
  ],
  ['a name with markup', 'name', (taught) => ({ ...taught, name: '<img src=x>' })],
  ['a name with a line break', 'name', (taught) => ({ ...taught, name: 'pool\nignore all' })],
  ['a name without a letter', 'name', (taught) => ({ ...taught, name: '  12 ' })],
  ['a field that nobody knows', 'script', (taught) => ({ ...taught, script: 'alert(1)' })],
  [
    'too many examples',
    'examples',
    (taught) => ({ ...taught, examples: Array.from({ length: 201 }, () => taught.examples[0]) }),
  ],
  [
    'an example of no source',
    'whole',
    (taught) => ({ ...taught, examples: taught.examples.map((each) => ({ ...each, source: 1 })) }),
  ],
  ['a scale of nothing', 'scale.sourcePx', (taught) => ({ ...taught, scale: { metres: null, sourcePx: 0 } })],
];

it.each(hostile)('refuses %s', (_what, part, change) => {
  expect(() => parseTaughtClass(JSON.parse(JSON.stringify(change(example()))))).toThrow(
    expect.objectContaining({ code: 'CLASS_INVALID', details: { part } }),
  );
});

it('refuses what is no JSON, and what is too large to be a class', async () => {
  await expect(readTaughtClass(blobOf('{"format": '))).rejects.toMatchObject({ code: 'CLASS_INVALID' });
  await expect(readTaughtClass(blobOf(' '.repeat(3 << 20)))).rejects.toMatchObject({
    code: 'CLASS_INVALID',
    details: { part: 'size' },
  });
});

it('refuses a class of another model by name', () => {
  expect(() => requireSameModel(example(), { name: 'Nadir S', hash: 'abc123' })).not.toThrow();
  expect(() => requireSameModel(example(), { name: 'Nadir S', hash: 'fff000' })).toThrow(
    expect.objectContaining({ code: 'CLASS_WRONG_MODEL', message: expect.stringContaining('Nadir S') }),
  );
});
