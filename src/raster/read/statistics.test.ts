import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ValueStatistics } from '../../imagery/statistics.ts';
import type { RasterLevel, RasterScene } from '../scene.ts';
import { FIXTURES, fakeScene, openPath, readGoldens } from '../testing.ts';
import { computeStatistics, edgesFor } from './statistics.ts';

/** numpy's numbers, by e2e/fixtures/statistics/statistics.py. */
interface Golden extends Pick<ValueStatistics, 'count' | 'mean' | 'stdDev' | 'min' | 'max' | 'edges' | 'bins'> {
  file: string;
  window: [x: number, y: number, width: number, height: number];
  of: 'ndvi' | 'ndwi' | 'b1';
  above: number;
}

const EXPRESSIONS = { ndvi: '(b4 - b1) / (b4 + b1)', ndwi: '(b2 - b4) / (b2 + b4)', b1: 'b1' };
const REAL = fileURLToPath(new URL('../../../../shared/data/eval/naip_rgbn/', import.meta.url));
const goldens = readGoldens<Golden[]>('../statistics/statistics-goldens.json');
const isOwn = ({ file }: Golden) => existsSync(`${FIXTURES}../statistics/${file}`);

const window = ([x, y, width, height]: Golden['window']) => ({ x, y, width, height });

async function expectAsNumpy(path: string, golden: Golden): Promise<void> {
  const scene = await openPath(path);
  const limits = [{ is: '>' as const, value: golden.of === 'b1' ? 300 : 0.1 }];
  const request = { expression: EXPRESSIONS[golden.of], window: window(golden.window), limits };
  const found = await computeStatistics(scene, request, null);
  const { min, max, count, above } = golden;
  expect(found).toMatchObject({ factor: 1, isWhole: true, count, min, max, within: above });
  expect(found.pixels).toBe(golden.window[2] * golden.window[3]);
  expect(found.mean).toBeCloseTo(golden.mean, 10);
  expect(found.stdDev).toBeCloseTo(golden.stdDev, 10);
  expect(found.bins.reduce((sum, bin) => sum + bin)).toBe(count);
  expect(joined(found, golden.edges)).toEqual(golden.bins);
}

/** Our bins added up to numpy's, which are wider and share their edges. */
function joined({ edges, bins }: ValueStatistics, wanted: readonly number[]): number[] {
  return wanted.slice(1).map((upper, i) => {
    const lower = wanted[i]!;
    return bins.reduce((sum, bin, k) => (edges[k]! >= lower && edges[k]! < upper ? sum + bin : sum), 0);
  });
}

describe('statistics of an expression', () => {
  it.each(goldens.filter(isOwn))('are numpy’s: $of of $file in $window', async (golden) => {
    await expectAsNumpy(`${FIXTURES}../statistics/${golden.file}`, golden);
  });

  const real = goldens.filter((golden) => !isOwn(golden));
  it('have goldens of a real image', () => expect(real).not.toEqual([]));
  const isThere = real.every(({ file }) => existsSync(REAL + file));
  if (!isThere) console.warn('Skipped: no four-band aerial images beside the repository (../shared/data/eval).');
  it.skipIf(!isThere).each(real)('are numpy’s on an aerial image: $of in $window', async (golden) => {
    await expectAsNumpy(REAL + golden.file, golden);
  });

  it('come from the finest overview that is small enough, and say so', async () => {
    const { scene } = fakeScene(8192, 8192, () => 7);
    const half: RasterLevel = { ...scene.levels[0]!, width: 4096, height: 4096, factorX: 2, factorY: 2 };
    const quarter: RasterLevel = {
      ...half,
      width: 2048,
      height: 2048,
      factorX: 4,
      factorY: 4,
      read: async (_x, _y, w, h) => [new Float32Array(w * h).fill(3)],
    };
    const levelled: RasterScene = { ...scene, levels: [scene.levels[0]!, half, quarter] };
    const request = { expression: 'b1', window: { x: 0, y: 0, width: 8192, height: 8192 }, limits: [] };
    expect(await computeStatistics(levelled, request, null)).toMatchObject({
      factor: 4,
      pixels: 2048 * 2048,
      isWhole: true,
      count: 2048 * 2048,
      mean: 3,
      within: null,
    });
  });

  it('come from spread blocks where there is no overview, and say so', async () => {
    const { scene, pixelsRead } = fakeScene(10_000, 10_000, () => 7, 16);
    const request = { expression: 'b1', window: { x: 0, y: 0, width: 10_000, height: 10_000 }, limits: [] };
    const found = await computeStatistics(scene, request, null);
    expect(found).toMatchObject({ factor: 1, isWhole: false, mean: 7, stdDev: 0 });
    expect(found.pixels).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(pixelsRead()).toBe(2 * found.pixels);
  });

  it('say that no pixel has a value', async () => {
    const { scene } = fakeScene(4, 4, () => Number.NaN);
    const request = { expression: 'b1', window: { x: 0, y: 0, width: 4, height: 4 }, limits: [] };
    expect(await computeStatistics(scene, request, null)).toMatchObject({ count: 0, pixels: 16, bins: [], edges: [] });
  });

  it('refuse what can’t be read', async () => {
    const { scene } = fakeScene(4, 4, () => 1);
    const window = { x: 0, y: 0, width: 4, height: 4 };
    const code = (change: object) =>
      computeStatistics(scene, { expression: 'b1', window, limits: [], ...change }, null).catch(({ code }) => code);
    expect(await code({ expression: 'b2' })).toBe('EXPRESSION_INVALID');
    expect(await code({ window: { x: 9, y: 0, width: 4, height: 4 } })).toBe('WINDOW_OUTSIDE');
    expect(await code({}).then((found) => (found as ValueStatistics).bins)).toEqual([16]);
  });
});

describe('the edges of bins', () => {
  it.each<[number, number, boolean, number, number, number]>([
    [-0.31, 0.82, false, -0.35, 0.85, 24],
    [-1, 1, false, -1, 1, 40],
    [0, 255, true, 0, 260, 26],
    [3, 9, true, 3, 9, 6],
    [200.5, 201.25, false, 200.5, 201.26, 38],
    [1e6, 3e6, true, 1e6, 3e6, 40],
    [5, 5, true, 4.5, 5.5, 1],
  ])('of %d to %d are short numbers', (min, max, isWhole, first, last, count) => {
    const edges = edgesFor(min, max, isWhole);
    expect([edges[0], edges.at(-1), edges.length - 1]).toEqual([first, last, count]);
    expect(edges.every((edge, i) => i === 0 || edge > edges[i - 1]!)).toBe(true);
  });
});
