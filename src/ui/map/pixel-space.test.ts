import { expect, test } from 'vitest';
import {
  createTileGrid,
  extentToWindow,
  fromMap,
  gridResolutions,
  tileWindow,
  toMap,
  windowToExtent,
} from './pixel-space.ts';

test('pixels and map coordinates are each other turned upside down', () => {
  expect(fromMap(toMap(12.5, 40))).toEqual({ xPx: 12.5, yPx: 40 });
  expect(Object.is(fromMap(toMap(0, 0)).yPx, 0)).toBe(true);
});

test('a window survives the way to an extent and back', () => {
  const window = { x: 10, y: 20, width: 30, height: 40 };
  expect(windowToExtent(window)).toEqual([10, -60, 40, -20]);
  expect(extentToWindow(windowToExtent(window), 100, 100)).toEqual(window);
});

test('an extent is cut at the scene, and is nothing outside it', () => {
  expect(extentToWindow([-50, -150, 20, 50], 100, 100)).toEqual({ x: 0, y: 0, width: 20, height: 100 });
  expect(extentToWindow([200, -50, 300, -10], 100, 100)).toBeNull();
});

test.each([
  [1, 1, [1]],
  [256, 256, [1]],
  [257, 10, [2, 1]],
  [100_000, 1, [512, 256, 128, 64, 32, 16, 8, 4, 2, 1]],
])('%i×%i pixels need levels %j', (width, height, expected) => {
  expect(gridResolutions(width, height)).toEqual(expected);
});

test("the library's tile numbers and our windows name the same pixels", () => {
  const grid = createTileGrid({ x: 0, y: 0, width: 1000, height: 700 }, gridResolutions(1000, 700), 1);
  const coarsest = grid.getTileCoordForCoordAndResolution(toMap(999, 699), 4);
  expect(coarsest).toEqual([0, 0, 0]);
  const fine = grid.getTileCoordForCoordAndResolution(toMap(600, 300), 1);
  expect(fine).toEqual([2, 2, 1]);
  expect(grid.getTileCoordExtent(fine)).toEqual(windowToExtent(tileWindow(1, 2, 1)));
});

test('on a dense screen the same tiles cover the same pixels at half the CSS size', () => {
  const grid = createTileGrid({ x: 0, y: 0, width: 1000, height: 700 }, gridResolutions(1000, 700), 2);
  const fine = grid.getTileCoordForCoordAndResolution(toMap(600, 300), 2);
  expect(fine).toEqual([2, 2, 1]);
  expect(grid.getTileSize(2)).toBe(128);
  expect(grid.getTileCoordExtent(fine)).toEqual(windowToExtent(tileWindow(1, 2, 1)));
});
