import { describe, expect, it } from 'vitest';
import { type CoverRaster, cellOf, classAt, classesOf, NO_CLASS, type TileCover } from './cover-raster.ts';
import { gridOver, halved, halvingsFor, mosaicOf, type PlacedCover } from './mosaic.ts';

const LABELS = ['water', 'trees'];

/** A tile in which `water` says how likely water is, of 255; null: not known. */
function tile(rows: (number | null)[][]): TileCover {
  const cells = rows.flat().flatMap((water) => (water === null ? [0, 0] : [water, 255 - water]));
  return { rows: rows.length, cols: rows[0]!.length, labels: LABELS, probabilities: Uint8Array.from(cells) };
}

const flat = (side: number, water: number | null) =>
  tile(Array.from({ length: side }, () => Array.from({ length: side }, () => water)));

const waterIn = (map: CoverRaster) =>
  Array.from({ length: map.rows }, (_, row) =>
    Array.from({ length: map.cols }, (_, col) => map.probabilities[(row * map.cols + col) * 2]!),
  );

async function of(tiles: PlacedCover[], region = { x: 0, y: 0, width: 16, height: 16 }, cellPx = 4) {
  let pauses = 0;
  const map = await mosaicOf(tiles, gridOver(region, cellPx), LABELS, async () => void pauses++);
  return { map, pauses };
}

describe('mosaicOf', () => {
  it('puts each tile in its place', async () => {
    const { map } = await of([
      {
        window: { x: 0, y: 0, width: 8, height: 8 },
        cover: tile([
          [255, 0],
          [0, 255],
        ]),
      },
      { window: { x: 8, y: 8, width: 8, height: 8 }, cover: flat(2, 200) },
    ]);
    expect(waterIn(map)).toEqual([
      [255, 0, 0, 0],
      [0, 255, 0, 0],
      [0, 0, 200, 200],
      [0, 0, 200, 200],
    ]);
    const none = NO_CLASS;
    expect([...classesOf(map)]).toEqual([0, 1, none, none, 1, 0, none, none, none, none, 0, 0, none, none, 0, 0]);
  });

  it('blends probabilities where tiles overlap, less of those near a border', async () => {
    const { map } = await of([
      { window: { x: 0, y: 0, width: 16, height: 16 }, cover: flat(4, 240) },
      { window: { x: 8, y: 0, width: 16, height: 16 }, cover: flat(4, 0) },
    ]);
    // Row 1 of columns 2 and 3: weights 2 and 1 of the left tile, 1 and 2 of the right one.
    expect(waterIn(map)[1]).toEqual([240, 240, 160, 80]);
    // In the first row all weights are 1.
    expect(waterIn(map)[0]).toEqual([240, 240, 120, 120]);
  });

  it('takes what one tile knows where another has no valid pixel', async () => {
    const { map } = await of([
      {
        window: { x: 0, y: 0, width: 16, height: 16 },
        cover: tile(Array.from({ length: 4 }, () => [100, 100, null, null])),
      },
      {
        window: { x: 0, y: 0, width: 16, height: 16 },
        cover: tile(Array.from({ length: 4 }, () => [null, 200, 200, null])),
      },
    ]);
    expect(waterIn(map)[1]).toEqual([100, 150, 200, 0]);
    expect(classAt(map, 3)).toBeNull();
    expect(classAt(map, 0)).toEqual({ index: 1, probability: 155 / 255 });
  });

  it('has no holes where tiles lie between the cells of the grid', async () => {
    const { map } = await of([{ window: { x: -3, y: -1, width: 24, height: 24 }, cover: flat(6, 99) }]);
    expect(waterIn(map).flat()).toEqual(Array.from({ length: 16 }, () => 99));
  });

  it('gives the same in parts, with pauses between', async () => {
    const region = { x: 0, y: 0, width: 4096, height: 1024 };
    const tiles = Array.from({ length: 64 }, (_, i) => ({
      window: { x: 256 * (i % 16), y: 256 * Math.floor(i / 16), width: 256, height: 256 },
      cover: flat(64, 60 * Math.floor(i / 16)),
    }));
    const { map, pauses } = await of(tiles, region, 4);
    expect(pauses).toBeGreaterThan(0);
    expect(map.rows * map.cols).toBe(2 ** 18);
    expect(classAt(map, 255 * 1024 + 1023)).toMatchObject({ index: 0 });
    expect(classAt(map, 0)).toMatchObject({ index: 1 });
  });
});

describe('a map’s cells', () => {
  it('lie on multiples of their size', () => {
    const grid = gridOver({ x: 10, y: 4, width: 7, height: 8 }, 4);
    expect(grid).toEqual({ x: 8, y: 4, cellWidth: 4, cellHeight: 4, cols: 3, rows: 2 });
    expect(cellOf(grid, [8, 4])).toBe(0);
    expect(cellOf(grid, [19.9, 11.9])).toBe(5);
    expect(cellOf(grid, [20, 5])).toBeNull();
    expect(cellOf(grid, [7.9, 5])).toBeNull();
  });

  it('become larger before they become too many', () => {
    expect(halvingsFor({ x: 0, y: 0, width: 8192, height: 8192 }, 4)).toBe(0);
    expect(halvingsFor({ x: 0, y: 0, width: 8196, height: 8192 }, 4)).toBe(1);
    expect(halvingsFor({ x: 0, y: 0, width: 100_000, height: 50_000 }, 4)).toBe(4);
  });

  it('are means of those known in them', () => {
    const cover = tile([
      [200, 100, null, null],
      [100, 0, null, 80],
      [0, 0, 255, 255],
      [0, 0, 255, 255],
    ]);
    expect(halved(cover, 1)).toEqual(
      tile([
        [100, 80],
        [0, 255],
      ]),
    );
    expect(halved(cover, 2)).toEqual(tile([[109]]));
    expect(halved(cover, 9).rows).toBe(1);
    expect(halved(cover, 0)).toBe(cover);
  });
});
