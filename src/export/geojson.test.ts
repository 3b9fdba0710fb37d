import { describe, expect, it } from 'vitest';
import { doubleSignedArea } from '../geo/boxes/convex.ts';
import { cornersOf } from '../geo/boxes/rotated-box.ts';
import type { Point } from '../geo/types.ts';
import type { Georeference } from '../imagery/place.ts';
import { geojson } from './geojson.ts';
import type { ExportAnswer, ExportInput, ExportObject } from './types.ts';

const TILE = { x: 0, y: 0, width: 256, height: 256 };

const ANSWER: ExportAnswer = {
  id: 'a1',
  createdAt: '2026-11-22T03:00:00.000Z',
  task: 'find',
  label: 'airplane',
  question: 'Find all airplanes.',
  prompt: 'Find all airplanes.',
  region: TILE,
  status: 'done',
  coverage: { total: 1, answered: 1, empty: 0, failed: 0 },
  text: '1 airplane.',
  raw: [
    { tile: TILE, rawText: '1 airplane: <p0>.', dialectText: '1 airplane: {x:1,y:2,h:3,w:4,θ:5}.', stopReason: 'end' },
  ],
  counts: { stated: 1, merged: 1 },
  scores: {},
  numbers: {},
  model: { id: 'nadir-s', name: 'Nadir S', version: '0.1.0', hash: 'ab'.repeat(32), scoreMeaning: 'uncalibrated heat' },
  backend: { kind: 'wasm', label: 'WebAssembly · 2 threads' },
  bands: { red: 0, green: 1, blue: 2, nir: 3 },
  stretch: {
    method: 'percentile',
    low: 2,
    high: 98,
    ranges: [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ],
    sampledPixels: 65536,
    sampledLevel: 1,
  },
  slicing: 'tiles',
};

const OBJECT: ExportObject = {
  label: 'airplane',
  number: 1,
  score: 0.75,
  box: { cx: 100, cy: 50, w: 40, h: 20, thetaDeg: 30 },
  rings: null,
  state: 'accepted',
  tile: TILE,
  answerId: 'a1',
  sightings: [{ answerId: 'a1', score: 0.75, rings: null }],
};

const DEGREES: Georeference = {
  kind: 'affine',
  geotransform: [10, 0.001, 0, 50, 0, -0.001],
  crs: 'EPSG:4326',
  crsName: 'WGS 84',
  proj4: '+proj=longlat +datum=WGS84 +no_defs',
  units: 'degree',
  pixelIsPoint: false,
};

const bands = ['red', 'green', 'blue', 'nir'].map((name, index) => ({ index, name, role: 'unknown' as const }));
const image = { fileName: 'a.tif', width: 256, height: 256, bands };
// biome-ignore lint/suspicious/noExplicitAny: parsed JSON, looked into freely
const parsed = async (input: ExportInput): Promise<any> => JSON.parse(await (await geojson.write(input)).text());
const exported = (object: ExportObject, place: Georeference = DEGREES, answer = ANSWER) =>
  parsed({ image, place, answers: [answer], objects: [object], cover: null });
const featureOf = async (...given: Parameters<typeof exported>) => (await exported(...given)).features[0];
const propertiesOf = async (...given: Parameters<typeof exported>) => (await featureOf(...given)).properties;

describe('GeoJSON of a placed scene', () => {
  it('is an RFC 7946 FeatureCollection with closed rings, counter-clockwise', async () => {
    const { type, features, nadir, crs } = await exported(OBJECT);
    expect(type).toBe('FeatureCollection');
    expect(nadir.coordinates).toBe('wgs84');
    expect(crs).toBeUndefined();
    const [ring] = features[0].geometry.coordinates as [Point[]];
    expect(ring).toHaveLength(5);
    expect(ring[4]).toEqual(ring[0]);
    expect(doubleSignedArea(ring.slice(0, 4))).toBeGreaterThan(0);
  });

  it('puts corners where the geotransform says, in their own order', async () => {
    const properties = await propertiesOf(OBJECT);
    cornersOf(OBJECT.box).forEach(([col, row], i) => {
      expect(properties.lonLatCorners[i][0]).toBeCloseTo(10 + col * 0.001, 7);
      expect(properties.lonLatCorners[i][1]).toBeCloseTo(50 - row * 0.001, 7);
      expect(properties.pixelCorners[i][0]).toBeCloseTo(col, 3);
      expect(properties.pixelCorners[i][1]).toBeCloseTo(row, 3);
    });
  });

  it('says how the object was made', async () => {
    expect(await propertiesOf(OBJECT)).toMatchObject({
      label: 'airplane',
      number: 1,
      score: 0.75,
      scoreMeaning: 'uncalibrated heat',
      review: 'accepted',
      text: '1 airplane.',
      prompt: 'Find all airplanes.',
      task: 'find',
      model: 'Nadir S',
      modelHash: 'ab'.repeat(32),
      modelVersion: '0.1.0',
      backend: 'wasm',
      tile: TILE,
      slicing: 'tiles',
      rawText: '1 airplane: <p0>.',
      bands: { red: { index: 0, name: 'red' }, nir: { index: 3, name: 'nir' } },
      stretch: { method: 'percentile', low: 2, high: 98, ranges: { red: [1, 2], nir: [7, 8] } },
    });
  });

  it('names the bands that the model got, whatever they are', async () => {
    const inputBands = [
      { name: 'vv', source: 1 },
      { name: 'swir1', source: 3 },
    ];
    const read = await propertiesOf(OBJECT, DEGREES, { ...ANSWER, inputBands });
    expect(read.bands).toEqual({ vv: { index: 1, name: 'green' }, swir1: { index: 3, name: 'nir' } });
    expect(read.stretch.ranges).toEqual({ vv: [3, 4], swir1: [7, 8] });
    const colours = ['red', 'green', 'blue'].map((name, source) => ({ name, source }));
    expect((await propertiesOf(OBJECT, DEGREES, { ...ANSWER, inputBands: colours })).bands).toMatchObject({
      nir: null,
    });
  });

  it('records gamma and the part of the scene that a stretch was computed from', async () => {
    const window = { x: 1, y: 2, width: 3, height: 4 };
    const stretched = { ...ANSWER, stretch: { ...ANSWER.stretch, gamma: 1.4, window } };
    expect((await propertiesOf(OBJECT, DEGREES, stretched)).stretch).toMatchObject({ gamma: 1.4, window });
    expect('gamma' in (await propertiesOf(OBJECT)).stretch).toBe(false);
  });

  it('names the image that a change was found against', async () => {
    const before = { fileName: 'earlier.tif', bands: ANSWER.bands, stretch: ANSWER.stretch };
    const { nadir, features } = await exported(OBJECT, DEGREES, { ...ANSWER, task: 'change', before });
    expect(nadir.answers[0].comparedWith).toBe('earlier.tif');
    expect(features[0].properties.comparedWith).toEqual({
      fileName: 'earlier.tif',
      bands: ANSWER.bands,
      stretch: { method: 'percentile', low: 2, high: 98 },
    });
    expect('comparedWith' in (await propertiesOf(OBJECT))).toBe(false);
  });

  it('says of an answer that was cut short how much was looked at', async () => {
    const coverage = { total: 729, answered: 50, empty: 2, failed: 1 };
    const text = 'Stopped after 53 of 729 tiles: 1 airplane.';
    const { nadir, features } = await exported(OBJECT, DEGREES, { ...ANSWER, status: 'stopped', coverage, text });
    expect(nadir.answers[0]).toMatchObject({ status: 'stopped', tiles: coverage, text });
    expect(features[0].properties).toMatchObject({
      text,
      answerStatus: 'stopped',
      tilesAnswered: 50,
      tilesFailed: 1,
      tilesTotal: 729,
    });
  });

  it('gives a missing score as null, with its meaning', async () => {
    const properties = await propertiesOf({ ...OBJECT, score: null });
    expect(properties.score).toBeNull();
    expect(properties.scoreMeaning).toMatch(/no score/);
  });

  it('prefers the mask to the box, and several rings make a MultiPolygon', async () => {
    const ring = [
      [10, 10],
      [10, 20],
      [20, 20],
    ] as const;
    const one = await featureOf({ ...OBJECT, rings: [ring] });
    expect(one.geometry.type).toBe('Polygon');
    expect(one.geometry.coordinates[0]).toHaveLength(4);
    expect(one.properties.geometrySource).toBe('mask');
    const two = await featureOf({ ...OBJECT, rings: [ring, ring.map(([x, y]) => [x + 50, y] as const)] });
    expect(two.geometry.type).toBe('MultiPolygon');
    expect(two.geometry.coordinates).toHaveLength(2);
  });

  it('says how the scene was placed, and whether the user chose its CRS', async () => {
    expect((await exported(OBJECT)).nadir.scene).toMatchObject({ crs: 'EPSG:4326', crsChosenByUser: false });
    const stated = { crs: null, crsName: null, proj4: null, units: 'unknown', notes: [] } as const;
    const chosen = { ...DEGREES, source: 'a.tfw', notes: ['Good to 5 m.'], chosenOver: { ...stated, notes: [] } };
    expect((await exported(OBJECT, chosen)).nadir.scene).toMatchObject({
      placedBy: 'a.tfw',
      crsChosenByUser: true,
      crsStatedByImage: null,
      placeNotes: ['Good to 5 m.'],
      proj4: DEGREES.kind === 'affine' ? DEGREES.proj4 : '',
    });
  });

  it('cuts a box at the antimeridian', async () => {
    const { geometry } = await featureOf(OBJECT, { ...DEGREES, geotransform: [179.9, 0.001, 0, 0, 0, -0.001] });
    expect(geometry.type).toBe('MultiPolygon');
    for (const [lon] of geometry.coordinates.flat(2)) expect(Math.abs(lon)).toBeLessThanOrEqual(180);
  });

  it('leaves an object outside the projection unplaced instead of writing NaN', async () => {
    const { geometry, properties } = await featureOf(OBJECT, {
      ...DEGREES,
      geotransform: [10, 0.001, 0, 95, 0, -0.001],
    });
    expect(geometry).toBeNull();
    expect(properties.lonLatCorners).toBeNull();
    expect(properties.pixelCorners).toHaveLength(4);
  });
});

describe('an object that several answers point at', () => {
  const counted: ExportAnswer = { ...ANSWER, id: 'a2', task: 'count', question: 'How many airplanes are there?' };
  const sightings = [
    { answerId: 'a1', score: 0.75, rings: null },
    { answerId: 'a2', score: 0.5, rings: [] },
  ];
  const both = { image, place: DEGREES, answers: [ANSWER, counted], objects: [{ ...OBJECT, sightings }], cover: null };

  it('is one feature, made as its box was, with all of them', async () => {
    const { features } = await parsed(both);
    expect(features).toHaveLength(1);
    expect(features[0].properties).toMatchObject({ answerId: 'a1', task: 'find', score: 0.75 });
    expect(features[0].properties.answers).toEqual([
      { id: 'a1', task: 'find', question: 'Find all airplanes.', score: 0.75, mask: false },
      { id: 'a2', task: 'count', question: 'How many airplanes are there?', score: 0.5, mask: true },
    ]);
  });

  it('is written for each of them', async () => {
    const { nadir } = await parsed(both);
    expect(nadir.answers.map(({ exportedObjects }: { exportedObjects: number }) => exportedObjects)).toEqual([1, 1]);
  });
});

describe('GeoJSON of a scene without a place on the ground', () => {
  it('gives pixels, and says so and why', async () => {
    const { nadir, features } = await exported(OBJECT, { kind: 'none', reason: 'The file has no georeferencing.' });
    expect(nadir.coordinates).toBe('pixel');
    expect(nadir.note).toMatch(/image pixels.*no georeferencing/);
    const xs = features[0].geometry.coordinates[0].map(([x]: Point) => x);
    expect(Math.max(...xs)).toBeCloseTo(Math.max(...cornersOf(OBJECT.box).map(([x]) => x)), 3);
    expect(features[0].properties.lonLatCorners).toBeNull();
  });

  it('names a CRS that it can’t convert', async () => {
    const { nadir } = await exported(OBJECT, { ...DEGREES, crs: 'Local grid', proj4: null });
    expect(nadir.note).toMatch(/Local grid can't be converted/);
  });
});
