import { describe, expect, it } from 'vitest';
import { geojson } from './geojson.ts';

const read = (content: unknown) =>
  geojson.read(new File([typeof content === 'string' ? content : JSON.stringify(content)], 'roads.geojson'));
const point = (...coordinates: number[]) => ({ type: 'Point', coordinates });
const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features });

/** RFC 7946, section 1.5. */
const EXAMPLE = collection(
  { type: 'Feature', geometry: { type: 'Point', coordinates: [102.0, 0.5] }, properties: { prop0: 'value0' } },
  {
    type: 'Feature',
    geometry: {
      type: 'LineString',
      coordinates: [
        [102.0, 0.0],
        [103.0, 1.0],
        [104.0, 0.0],
        [105.0, 1.0],
      ],
    },
    properties: { prop0: 'value0', prop1: 0.0 },
  },
  {
    type: 'Feature',
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [100.0, 0.0],
          [101.0, 0.0],
          [101.0, 1.0],
          [100.0, 1.0],
          [100.0, 0.0],
        ],
      ],
    },
    properties: { prop0: 'value0', prop1: { this: 'that' } },
  },
);

describe('GeoJSON', () => {
  it('is read as RFC 7946 has it', async () => {
    expect(await read(EXAMPLE)).toEqual(EXAMPLE.features);
    expect(await read(`\uFEFF${JSON.stringify(EXAMPLE)}`)).toHaveLength(3);
  });

  it('may be a feature, a geometry, a collection of geometries, or nowhere', async () => {
    expect(await read({ type: 'Feature', geometry: point(1, 2, 300), properties: null })).toEqual([
      { type: 'Feature', geometry: point(1, 2, 300), properties: {} },
    ]);
    const both = {
      type: 'GeometryCollection',
      geometries: [point(1, 2), { type: 'MultiPoint', coordinates: [[3, 4]] }],
    };
    expect((await read(both))[0]?.geometry).toEqual(both);
    const nowhere = await read(collection({ type: 'Feature', geometry: null, properties: {} }));
    expect(nowhere[0]?.geometry).toBeNull();
    expect(await read(collection())).toEqual([]);
  });

  it.each([
    'urn:ogc:def:crs:OGC:1.3:CRS84',
    'urn:ogc:def:crs:OGC::CRS84',
    'urn:ogc:def:crs:EPSG::4326',
    'EPSG:4326',
    'http://www.opengis.net/def/crs/EPSG/0/4326',
    'http://www.opengis.net/def/crs/OGC/1.3/CRS84',
  ])('accepts the older crs member for %s', async (name) => {
    expect(await read({ ...EXAMPLE, crs: { type: 'name', properties: { name } } })).toHaveLength(3);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'another CRS',
      { ...EXAMPLE, crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32611' } } },
      /32611/,
    ],
    ['a CRS that ends alike', { ...EXAMPLE, crs: { type: 'name', properties: { name: 'EPSG:14326' } } }, /EPSG:14326/],
    ['a linked CRS', { ...EXAMPLE, crs: { type: 'link', properties: { href: 'x' } } }, /an unnamed coordinate system/],
    ['metres for degrees', point(499980, 4500000), /499980, 4500000, which isn’t a longitude and latitude/],
    ['our own pixels', { ...EXAMPLE, nadir: { coordinates: 'pixel' } }, /coordinates are pixels/],
  ])('refuses %s instead of drawing it somewhere', async (_, content, words) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'CRS_UNSUPPORTED',
      message: expect.stringMatching(words),
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['text', 'roads', /not JSON/],
    ['a list', [], /isn’t a GeoJSON object|doesn’t contain a GeoJSON object/],
    ['TopoJSON', { type: 'Topology', objects: {} }, /type "Topology"/],
    ['a collection without a list', { type: 'FeatureCollection', features: {} }, /without a list/],
    ['a feature that is none', collection(EXAMPLE.features[0], 7), /Feature 2 of roads.geojson/],
    ['a geometry without type', { type: 'Feature', geometry: {}, properties: {} }, /type undefined/],
    ['a type of Object.prototype', { type: 'toString', coordinates: [] }, /"toString"/],
    ['a shallow polygon', { type: 'Polygon', coordinates: [[1, 2]] }, /aren’t a list/],
    ['words for numbers', { type: 'Point', coordinates: ['1', '2'] }, /two numbers/],
    ['a number alone', { type: 'Point', coordinates: [1] }, /two numbers/],
    ['a null', { type: 'LineString', coordinates: [[1, 2], null] }, /aren’t a list/],
  ])('says what is wrong with %s', async (_, content, words) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'VECTOR_INVALID',
      message: expect.stringMatching(words),
    });
  });

  it('is refused by its size before it is parsed', async () => {
    const file = new File([], 'huge.geojson');
    Object.defineProperty(file, 'size', { value: 65 * 2 ** 20 });
    await expect(geojson.read(file)).rejects.toThrow('huge.geojson has 65 MiB; up to 64 MiB are read');
  });
});
