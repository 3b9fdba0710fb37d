import { describe, expect, it } from 'vitest';
import { applyGeotransform } from '../../geo/ground/affine.ts';
import { makeToLonLat } from '../../geo/ground/projection.ts';
import type { Georeference } from '../../imagery/place.ts';
import { NO_SIDECARS, readSidecars, type Sidecars } from '../sidecars/read.ts';
import { blobSource } from '../tiff/byte-source.ts';
import { readDirectories } from '../tiff/directory.ts';
import { gsdOf, placePicture, readGeoreference } from './georeference.ts';

/** Tag → doubles; keys → GeoKey directory entries. As much of a TIFF as its place needs. */
interface Place {
  scale?: number[];
  tiepoints?: number[];
  matrix?: number[];
  rpc?: number[];
  keys?: Record<number, number>;
}

const SIZE = { width: 100, height: 80 };
const EPSG_32611 = { 1024: 1, 1025: 1, 3072: 32611 };

/** A little-endian TIFF with one directory that has only these tags. */
function tiffOf(place: Place): Blob {
  const keys = Object.entries(place.keys ?? {}).flatMap(([key, value]) => [Number(key), 0, 1, value]);
  const shorts = place.keys ? [1, 1, 0, keys.length / 4, ...keys] : null;
  const tags: [number, number, number[]][] = [[256, 3, [SIZE.width]]];
  if (place.scale) tags.push([33550, 12, place.scale]);
  if (place.tiepoints) tags.push([33922, 12, place.tiepoints]);
  if (place.matrix) tags.push([34264, 12, place.matrix]);
  if (shorts) tags.push([34735, 3, shorts]);
  if (place.rpc) tags.push([50844, 12, place.rpc]);
  const start = 8 + 2 + tags.length * 12 + 4;
  const bytes = tags.reduce((sum, [, type, values]) => sum + values.length * (type === 12 ? 8 : 2), start);
  const view = new DataView(new ArrayBuffer(bytes + 8));
  view.setUint16(0, 0x4949);
  view.setUint16(2, 42, true);
  view.setUint32(4, 8, true);
  view.setUint16(8, tags.length, true);
  let at = start;
  tags.forEach(([tag, type, values], i) => {
    const entry = 10 + i * 12;
    view.setUint16(entry, tag, true);
    view.setUint16(entry + 2, type, true);
    view.setUint32(entry + 4, values.length, true);
    view.setUint32(entry + 8, at, true);
    for (const value of values) {
      if (type === 12) view.setFloat64(at, value, true);
      else view.setUint16(at, value, true);
      at += type === 12 ? 8 : 2;
    }
  });
  return new Blob([view.buffer]);
}

async function read(place: Place, sidecars: Sidecars = NO_SIDECARS): Promise<Georeference> {
  const file = await readDirectories(blobSource(tiffOf(place)));
  return readGeoreference(file, file.directories[0]!, SIZE, sidecars);
}

function affine(georeference: Georeference): Extract<Georeference, { kind: 'affine' }> {
  if (georeference.kind === 'none') throw new Error(georeference.reason);
  return georeference;
}

const beside = (files: Record<string, string>) =>
  readSidecars(Object.entries(files).map(([name, text]) => new File([text], name)));
const UTM = { scale: [2, 2, 0], tiepoints: [0, 0, 0, 500_000, 4_000_000, 0], keys: EPSG_32611 };
const WORLD = '1\n0\n0\n-1\n700000.5\n4999999.5\n';
const AUX = '<PAMDataset><SRS>EPSG:32612</SRS><GeoTransform>600000, 3, 0, 4500000, 0, -3</GeoTransform></PAMDataset>';

describe('the transform', () => {
  it('is scale and tiepoint, wherever the tiepoint lies', async () => {
    const found = affine(await read({ ...UTM, tiepoints: [10, 20, 0, 500_020, 3_999_960, 0] }));
    expect(found.geotransform).toEqual([500_000, 2, 0, 4_000_000, 0, -2]);
    expect(found).toMatchObject({ crs: 'EPSG:32611', source: 'GeoTIFF tags' });
    expect(found.notes).toBeUndefined();
  });

  it('moves by half a pixel if coordinates refer to centres', async () => {
    const found = affine(await read({ ...UTM, keys: { ...EPSG_32611, 1025: 2 } }));
    expect(found.geotransform).toEqual([499_999, 2, 0, 4_000_001, 0, -2]);
    expect(found.pixelIsPoint).toBe(true);
  });

  it('is a matrix: rotated, sheared, south up', async () => {
    const matrix = [0.5, 0.2, 0, 500_000, 0.3, 0.6, 0, 4_000_000, 0, 0, 0, 0, 0, 0, 0, 1];
    const found = affine(await read({ matrix, keys: EPSG_32611 }));
    expect(found.geotransform).toEqual([500_000, 0.5, 0.2, 4_000_000, 0.3, 0.6]);
    const pointwise = affine(await read({ matrix, keys: { ...EPSG_32611, 1025: 2 } }));
    const [x, y] = applyGeotransform(pointwise.geotransform, 0.5, 0.5);
    expect(x).toBeCloseTo(500_000, 6);
    expect(y).toBeCloseTo(4_000_000, 6);
  });

  it('without area is refused', async () => {
    const found = await read({ matrix: [1, 0, 0, 5, 2, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1] });
    expect(found).toMatchObject({ kind: 'none', reason: expect.stringContaining('damaged') });
  });

  it('is fitted through control points, with what it misses them by', async () => {
    const tiepoints = [
      [0, 0, 10, 50],
      [100, 0, 10.1, 50],
      [0, 80, 10, 49.92],
      [100, 80, 10.1, 49.92],
    ].flatMap(([col, row, x, y]) => [col!, row!, 0, x!, y!, 0]);
    const found = affine(await read({ tiepoints, keys: { 1024: 2, 2048: 4326 } }));
    expect(found.source).toMatch(/^4 ground control points, fitted: 0\.00 px RMS/);
    expect(found.geotransform[1]).toBeCloseTo(0.001, 12);
    expect(await read({ tiepoints: tiepoints.slice(0, 12) })).toMatchObject({
      reason: expect.stringContaining('at least 3'),
    });
  });

  it('isn’t a camera model', async () => {
    expect(await read({ rpc: new Array(92).fill(1) })).toMatchObject({
      kind: 'none',
      reason: expect.stringMatching(/RPC.*gdalwarp -rpc/),
    });
    expect(affine(await read({ ...UTM, rpc: [1] })).notes?.[0]).toContain('RPC');
  });
});

describe('the files beside it', () => {
  it('place an image without a place: a world file and a .prj', async () => {
    const found = affine(await read({}, await beside({ 'a.tfw': WORLD, 'a.prj': 'EPSG:32611' })));
    expect(found).toMatchObject({
      geotransform: [700_000, 1, 0, 5_000_000, 0, -1],
      crs: 'EPSG:32611',
      source: 'a.tfw',
    });
  });

  it('yield to the file’s own tags, with a note', async () => {
    const found = affine(await read(UTM, await beside({ 'a.tfw': WORLD, 'a.prj': 'EPSG:32633' })));
    expect(found).toMatchObject({ geotransform: [500_000, 2, 0, 4_000_000, 0, -2], crs: 'EPSG:32611' });
    expect(found.notes).toEqual([
      'a.tfw and the file’s own tags give different places; Nadir uses the file’s tags, as GDAL does.',
      'a.prj (EPSG:32633) and the file’s own tags (EPSG:32611) give different CRSs; Nadir uses the file’s tags.',
    ]);
  });

  it('in GDAL’s own format override the tags, with a note', async () => {
    const found = affine(await read(UTM, await beside({ 'a.tif.aux.xml': AUX, 'a.tfw': WORLD })));
    expect(found).toMatchObject({
      geotransform: [600_000, 3, 0, 4_500_000, 0, -3],
      crs: 'EPSG:32612',
      source: 'a.tif.aux.xml',
    });
    expect(found.notes).toHaveLength(3);
    expect(found.notes?.every((note) => note.includes('Nadir uses the .aux.xml'))).toBe(true);
  });

  it('that agree give no note', async () => {
    const same = await beside({ 'a.tfw': '2\n0\n0\n-2\n500001\n3999999\n', 'a.prj': 'EPSG:32611' });
    expect(affine(await read(UTM, same)).notes).toBeUndefined();
  });

  it('may hold control points in a CRS of their own', async () => {
    const gcps = [
      [0, 0],
      [100, 0],
      [0, 80],
    ].map(([col, row]) => `<GCP Pixel="${col}" Line="${row}" X="${10 + col! / 1000}" Y="${50 - row! / 1000}"/>`);
    const text = `<PAMDataset><GCPList Projection="EPSG:4326">${gcps.join('')}</GCPList></PAMDataset>`;
    const found = affine(await read({}, await beside({ 'a.tif.aux.xml': text })));
    expect(found).toMatchObject({
      crs: 'EPSG:4326',
      units: 'degree',
      source: expect.stringContaining('(a.tif.aux.xml)'),
    });
    expect(affine(await read(UTM, await beside({ 'a.tif.aux.xml': text }))).notes?.[0]).toMatch(
      /control points .* give different places; Nadir uses the file’s tags/,
    );
  });

  it('place a picture, too; without them the reason says what is missing', async () => {
    const placed = affine(await placePicture('PNG', SIZE, await beside({ 'a.pgw': WORLD })));
    expect(placed).toMatchObject({ crs: null, source: 'a.pgw' });
    expect(await placePicture('PNG', SIZE)).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('no world file'),
    });
  });
});

describe('the CRS', () => {
  it('without a transform gives no place, with a note', async () => {
    expect(await read({ keys: EPSG_32611 })).toEqual({
      kind: 'none',
      reason: 'The file has no georeferencing.',
      notes: ['The CRS is stated (EPSG:32611), but nothing says where the pixels lie in it.'],
    });
  });

  it('ignores a vertical one, with a note', async () => {
    const found = affine(await read({ ...UTM, keys: { ...EPSG_32611, 4096: 5703 } }));
    expect(found.notes).toEqual(['The vertical CRS (EPSG:5703) is ignored: Nadir places pixels in the plane.']);
    expect(found.crs).toBe('EPSG:32611');
  });

  it('of degrees runs over the antimeridian', async () => {
    const found = affine(
      await read({ scale: [0.1, 0.1, 0], tiepoints: [0, 0, 0, 178, 10, 0], keys: { 1024: 2, 2048: 4326 } }),
    );
    const toLonLat = makeToLonLat(found.proj4)!;
    expect(toLonLat(...applyGeotransform(found.geotransform, 50, 0))[0]).toBeCloseTo(-177, 9);
    const gsd = gsdOf(found, SIZE.width, SIZE.height)!;
    expect(gsd.x).toBeCloseTo(11_067, -1);
    expect(gsd.y).toBeCloseTo(11_058, -1);
  });

  it('that is stretched still gives true ground metres, per axis', async () => {
    const found = affine(
      await read({
        scale: [10, 20, 0],
        tiepoints: [0, 0, 0, 0, 8_399_738, 0],
        keys: { 1024: 1, 1025: 1, 3072: 3857 },
      }),
    );
    // At 60° north Web Mercator's metre is half a metre.
    const gsd = gsdOf(found, SIZE.width, SIZE.height)!;
    expect(gsd.x).toBeCloseTo(5, 1);
    expect(gsd.y).toBeCloseTo(10, 1);
  });
});
