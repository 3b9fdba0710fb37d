import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coverColours, rgbOf } from '../cover/colours.ts';
import { type CoverRaster, NO_CLASS } from '../cover/cover-raster.ts';
import type { Georeference } from '../imagery/place.ts';
import { coverConfidence } from './cover-confidence.ts';
import { coverGeotiff } from './cover-geotiff.ts';
import type { ExportCover, ExportInput } from './types.ts';

/** The land cover as a GeoTIFF, read back by GDAL where it is installed. */

const hasGdal = spawnSync('gdalinfo', ['--version']).status === 0;
if (!hasGdal) console.warn('Skipped: what GDAL reads of an exported land cover, because gdalinfo is not installed.');

const LABELS = ['water', 'trees', 'grass & "low" <vegetation>', 'bare soil'];
const COLS = 300;
const ROWS = 450;
/** Stripes of all classes, with a hole in which nothing is known. */
const classAtCell = (row: number, col: number) =>
  row >= 10 && row < 20 && col >= 5 && col < 250 ? NO_CLASS : Math.floor((row + 2 * col) / 7) % LABELS.length;

function raster(): CoverRaster {
  const probabilities = new Uint8Array(COLS * ROWS * LABELS.length);
  for (let cell = 0; cell < COLS * ROWS; cell++) {
    const k = classAtCell(Math.floor(cell / COLS), cell % COLS);
    if (k !== NO_CLASS) probabilities[cell * LABELS.length + k] = 255;
  }
  return { x: 8, y: 12, cellWidth: 4, cellHeight: 4, cols: COLS, rows: ROWS, labels: LABELS, probabilities };
}

const cover: ExportCover = {
  raster: raster(),
  classes: LABELS.map((label) => ({ label, labelZh: null, iou: 0.5 })),
  createdAt: '2026-11-30T12:00:00.000Z',
  region: { x: 8, y: 12, width: 1200, height: 1800 },
  coverage: { total: 40, answered: 39, empty: 0, failed: 1 },
  model: { id: 'test', name: 'Test', version: '1', hash: 'abc' },
  adapter: null,
  bands: [{ name: 'red', source: 0 }],
  stretch: { method: 'percentile', low: 2, high: 98, ranges: [[0, 255]], sampledPixels: 1, sampledLevel: 1 },
};

const utm: Georeference = {
  kind: 'affine',
  geotransform: [371623, 0.6, 0, 3736146, 0, -0.6],
  crs: 'EPSG:32611',
  crsName: 'WGS 84 / UTM zone 11N',
  proj4: '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs',
  units: 'metre',
  pixelIsPoint: false,
};

async function written(place: Georeference, format = coverGeotiff): Promise<string> {
  const image = { fileName: 'scene.tif', width: 2000, height: 3000, bands: [] };
  const input: ExportInput = { image, place, answers: [], objects: [], cover };
  const blob = await format.write(input);
  expect(blob.type).toBe('image/tiff');
  const path = join(mkdtempSync(join(tmpdir(), 'cover-')), 'cover.tif');
  writeFileSync(path, Buffer.from(await blob.arrayBuffer()));
  return path;
}

const infoOf = (path: string) => JSON.parse(execFileSync('gdalinfo', ['-json', path], { encoding: 'utf8' }));

describe('a land cover as a GeoTIFF', () => {
  it('is refused where there is none', async () => {
    const image = { fileName: 'scene.tif', width: 1, height: 1, bands: [] };
    const input: ExportInput = { image, place: utm, answers: [], objects: [], cover: null };
    await expect(coverGeotiff.write(input)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it.runIf(hasGdal)('has the classes of all cells, pixel by pixel', async () => {
    const path = await written(utm);
    const raw = path.replace('.tif', '.bin');
    execFileSync('gdal_translate', ['-q', '-of', 'ENVI', path, raw]);
    const read = readFileSync(raw);
    expect(read.length).toBe(COLS * ROWS);
    const differ = read.findIndex((value, cell) => value !== classAtCell(Math.floor(cell / COLS), cell % COLS));
    expect(differ).toBe(-1);
  });

  it.runIf(hasGdal)('has place, colours, nodata and names', async () => {
    const info = infoOf(await written(utm));
    expect(info.size).toEqual([COLS, ROWS]);
    // The cell begins at pixel 8, 12, and is 4 pixels of 0.6 m wide.
    expect(info.geoTransform).toEqual([371623 + 4.8, 2.4, 0, 3736146 - 7.2, 0, -2.4]);
    expect(info.stac?.['proj:epsg'] ?? info.coordinateSystem.wkt).toSatisfy(
      (crs: number | string) => crs === 32611 || String(crs).includes('32611'),
    );
    const [band] = info.bands;
    expect(band).toMatchObject({
      type: 'Byte',
      colorInterpretation: 'Palette',
      noDataValue: 255,
      description: 'Land cover',
    });
    const colours = coverColours(LABELS).map((hex) => [...rgbOf(hex), 255]);
    expect(band.colorTable.entries.slice(0, 4)).toEqual(colours);
    expect(info.metadata['']).toMatchObject({
      CLASS_0: 'water',
      CLASS_2: 'grass & "low" <vegetation>',
      MODEL: 'Test 1',
      REGION_PX: '8,12,1200,1800',
      TILES: '39 of 40 seen, 0 empty, 1 failed',
      AREA_OR_POINT: 'Area',
    });
    expect(info.metadata.IMAGE_STRUCTURE.COMPRESSION).toBe('DEFLATE');
  });

  it.runIf(hasGdal)('has the confidence of each cell beside it', async () => {
    const path = await written(utm, coverConfidence);
    const raw = path.replace('.tif', '.bin');
    execFileSync('gdal_translate', ['-q', '-of', 'ENVI', path, raw]);
    const read = readFileSync(raw);
    expect([read[0], read[10 * COLS + 5]]).toEqual([100, NO_CLASS]);
    const { geoTransform, bands } = infoOf(path);
    expect(geoTransform).toEqual([371623 + 4.8, 2.4, 0, 3736146 - 7.2, 0, -2.4]);
    expect(bands[0]).toMatchObject({
      colorInterpretation: 'Gray',
      noDataValue: 255,
      description: 'Probability of the class, %',
    });
  });

  it.runIf(hasGdal)('keeps a rotation, degrees, a CRS without a code and no place at all', async () => {
    const rotated = infoOf(await written({ ...utm, geotransform: [371623, 0.5, 0.1, 3736146, 0.1, -0.5] }));
    expect(rotated.geoTransform).toEqual([371623 + 8 * 0.5 + 12 * 0.1, 2, 0.4, 3736146 + 8 * 0.1 - 12 * 0.5, 0.4, -2]);
    const degrees = infoOf(
      await written({
        ...utm,
        geotransform: [12, 1e-5, 0, 50, 0, -1e-5],
        crs: 'EPSG:4326',
        crsName: 'WGS 84',
        units: 'degree',
      }),
    );
    expect(degrees.coordinateSystem.wkt).toMatch(/^GEOGCRS\["WGS 84"/);
    const own = infoOf(await written({ ...utm, crs: 'Site grid', crsName: 'Site|grid é' }));
    expect(own.coordinateSystem.wkt).toContain('Site/grid ?');
    expect(own.metadata[''].PROJ4).toBe('+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs');
    const none = infoOf(await written({ kind: 'none', reason: 'test' }));
    expect(none.coordinateSystem).toBeUndefined();
    expect(none.geoTransform).toBeUndefined();
  });
});
