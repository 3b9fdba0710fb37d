import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Georeference } from '../imagery/place.ts';
import { geojson } from './geojson.ts';
import type { ExportAnswer, ExportInput, ExportObject } from './types.ts';

/** Files of an earlier version are compared with those of a later one: not a byte may differ without a reason. */
const golden = (name: string) =>
  readFileSync(new URL(`../../e2e/fixtures/exports/${name}.geojson`, import.meta.url), 'utf8');

const TILE = { x: 0, y: 0, width: 256, height: 256 };
const stretch: ExportAnswer['stretch'] = {
  method: 'percentile',
  low: 2,
  high: 98,
  ranges: [
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8.5],
  ],
  sampledPixels: 65536,
  sampledLevel: 2,
};
const found: ExportAnswer = {
  id: 'a1',
  createdAt: '2026-11-22T03:00:00.000Z',
  task: 'find',
  label: 'airplane',
  question: 'Find all airplanes.',
  prompt: 'Find all airplanes.',
  region: { x: 0, y: 0, width: 500.5, height: 256 },
  status: 'stopped',
  coverage: { total: 4, answered: 1, empty: 1, failed: 1 },
  text: 'Stopped after 3 of 4 tiles: 2 airplanes.',
  raw: [{ tile: TILE, rawText: '1 airplane: <p0>.', dialectText: '{x:391,y:195,h:78,w:156,θ:30}', stopReason: 'end' }],
  counts: { stated: 1, merged: 2 },
  scores: {},
  numbers: {},
  model: { id: 'nadir-s', name: 'Nadir S', version: '0.5.0', hash: 'ab'.repeat(32), scoreMeaning: 'heat' },
  adapter: { name: 'Terse', hash: 'cd'.repeat(32), partial: false, rank: 4 },
  backend: { kind: 'wasm', label: 'WebAssembly · 2 threads' },
  bands: { red: 0, green: 1, blue: 2, nir: 3 },
  stretch: { ...stretch, gamma: 1.4, window: TILE },
  slicing: 'tiles',
};
const changed: ExportAnswer = {
  ...found,
  id: 'a2',
  task: 'change',
  label: null,
  question: '有什么变化？',
  status: 'done',
  text: 'One place changed.',
  adapter: null,
  bands: { red: 0, green: 0, blue: 0, nir: null },
  stretch,
  slicing: 'resize',
  before: { fileName: 'earlier.tif', bands: found.bands, stretch },
};
const box = { cx: 100, cy: 50, w: 40, h: 20, thetaDeg: 30 };
const square = (x: number) => [[x, 10] as const, [x, 20] as const, [x + 10, 20] as const, [x + 10, 10] as const];
const objects: ExportObject[] = [
  {
    label: 'airplane',
    number: 1,
    score: 0.75,
    box: box,
    rings: null,
    state: 'accepted',
    tile: TILE,
    answerId: 'a1',
    sightings: [
      { answerId: 'a1', score: 0.75, rings: null },
      { answerId: 'a2', score: null, rings: [square(5)] },
    ],
  },
  {
    label: 'change',
    number: 2,
    score: null,
    box: { ...box, cx: 300 },
    rings: [square(10), square(60)],
    state: 'proposed',
    tile: { ...TILE, x: 244.5 },
    answerId: 'a2',
    sightings: [{ answerId: 'a2', score: null, rings: [square(10), square(60)] }],
  },
];
const bands = ['red', 'green', 'blue', 'nir'].map((name, index) => ({ index, name, role: 'unknown' as const }));
const textOn = async (place: Georeference): Promise<string> => {
  const image = { fileName: 'scène.tif', width: 501, height: 256, bands };
  const input: ExportInput = { image, place, answers: [found, changed], objects, cover: null };
  return (await geojson.write(input)).text();
};
const placed: Georeference = {
  kind: 'affine',
  geotransform: [499_980, 0.5, 0.125, 4_500_000, -0.125, -0.5],
  crs: 'EPSG:32611',
  crsName: 'WGS 84 / UTM zone 11N',
  proj4: '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs',
  units: 'metre',
  pixelIsPoint: false,
  source: 'scène.tfw',
  notes: ['Good to 5 m.'],
  chosenOver: { crs: 'EPSG:4326', crsName: 'WGS 84', proj4: null, units: 'degree', notes: [] },
};

it('writes of a placed scene what it always wrote', async () => {
  expect(await textOn(placed)).toBe(golden('placed'));
});

it('writes of a scene without a place what it always wrote', async () => {
  expect(await textOn({ kind: 'none', reason: 'The file has no georeferencing.' })).toBe(golden('unplaced'));
});

it('writes of a scene over the antimeridian what it always wrote', async () => {
  const text = await textOn({
    ...placed,
    geotransform: [179.95, 0.001, 0, 60, 0, -0.001],
    crs: 'EPSG:4326',
    crsName: 'WGS 84',
    proj4: '+proj=longlat +datum=WGS84 +no_defs',
    units: 'degree',
  });
  expect(text).toBe(golden('antimeridian'));
});
