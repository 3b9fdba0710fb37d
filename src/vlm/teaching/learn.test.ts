import { describe, expect, it } from 'vitest';
import type { RotatedBox } from '../../geo/types.ts';
import { detectTaught } from './detect.ts';
import { cellsWithin, describeCells, type FeatureGrid } from './feature-grid.ts';
import { type LearningTile, learnHead } from './learn.ts';

const SIDE = 16;
const STRIDE = 8;
const CHANNELS = 6;

/** Repeatable noise in −1…1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const square = (cx: number, cy: number): RotatedBox => ({ cx, cy, w: 24, h: 24, thetaDeg: 0 });
const PLACES = [square(28, 28), square(92, 36), square(44, 92), square(100, 100)];
const DECOYS = [square(60, 60), square(28, 60)];

/** Objects that differ from the noise in two channels, and decoys that do so too, beside a third one. */
function gridOf(seed: number, objects: readonly RotatedBox[], decoys: readonly RotatedBox[] = []): FeatureGrid {
  const next = noise(seed);
  const data = Float32Array.from({ length: SIDE * SIDE * CHANNELS }, next);
  const grid = { rows: SIDE, cols: SIDE, channels: CHANNELS, stridePx: STRIDE, data };
  for (const box of objects) {
    for (const cell of cellsWithin(box, 1, grid)) {
      data[cell * CHANNELS]! += 6;
      data[cell * CHANNELS + 1]! += 6;
    }
  }
  for (const box of decoys) {
    for (const cell of cellsWithin(box, 1, grid))
      for (let k = 0; k < 3; k++) data[cell * CHANNELS + k]! += k < 2 ? 7 : 2;
  }
  return grid;
}

const tile = (grid: FeatureGrid, examples: LearningTile['examples']): LearningTile => ({
  grid,
  examples,
  shows: () => true,
});
const ones = (boxes: readonly RotatedBox[]) => boxes.map((box, id) => ({ id, box, isOne: true }));
const near = (box: RotatedBox, { cx, cy }: RotatedBox) => Math.hypot(box.cx - cx, box.cy - cy) < 8;

describe('learnHead', () => {
  it('finds elsewhere what it was shown, as large as it was shown, and little else', () => {
    const head = learnHead([tile(gridOf(1, PLACES), ones(PLACES.slice(0, 3))), tile(gridOf(2, []), [])]);
    const { boxes } = detectTaught(head, gridOf(3, PLACES));
    const best = boxes.slice(0, 4);
    expect(PLACES.every((place) => best.some(({ box }) => near(box, place)))).toBe(true);
    expect(best.every(({ box, score }) => score > 0.5 && box.w === 24 && box.h === 24)).toBe(true);
    expect(boxes.slice(4).every(({ score }) => score < best[3]!.score)).toBe(true);
    expect(head.separation).toBeGreaterThan(0.95);
  });

  it('is not put off by an object that nobody marked', () => {
    const head = learnHead([tile(gridOf(1, PLACES), ones(PLACES.slice(0, 2)))]);
    const { boxes } = detectTaught(head, gridOf(1, PLACES));
    expect(boxes.slice(0, 4).some(({ box }) => near(box, PLACES[3]!))).toBe(true);
  });

  it('learns from what it isn’t', () => {
    const wrong = DECOYS.map((box, index) => ({ id: 10 + index, box, isOne: false }));
    const scoresBy = (...tiles: LearningTile[]) => {
      const { heat } = detectTaught(learnHead(tiles), gridOf(5, PLACES, DECOYS));
      const at = ({ cx, cy }: RotatedBox) => heat[Math.floor(cy / STRIDE) * SIDE + Math.floor(cx / STRIDE)]!;
      return { place: at(PLACES[3]!), decoy: at(DECOYS[0]!) };
    };
    const right = tile(gridOf(4, PLACES), ones(PLACES));
    const before = scoresBy(right);
    const after = scoresBy(right, tile(gridOf(6, [], DECOYS), wrong));
    expect(before.decoy).toBeGreaterThan(0.5);
    expect(after.decoy).toBeLessThan(0.5);
    expect(after.place).toBeGreaterThan(after.decoy);
  });

  it('finds nothing where nothing is shown', () => {
    const head = learnHead([tile(gridOf(1, PLACES), ones(PLACES))]);
    expect(detectTaught(head, gridOf(3, PLACES), new Uint8Array(SIDE * SIDE)).boxes).toEqual([]);
  });

  it('refuses a lesson without examples, and one whose examples are everything there is', () => {
    const none = [{ id: 1, box: PLACES[0]!, isOne: false }];
    expect(() => learnHead([tile(gridOf(1, []), none)])).toThrow(expect.objectContaining({ code: 'EXAMPLES_TOO_FEW' }));
    const all = [{ id: 1, box: { cx: 64, cy: 64, w: 128, h: 128, thetaDeg: 0 }, isOne: true }];
    expect(() => learnHead([tile(gridOf(1, []), all)])).toThrow(expect.objectContaining({ code: 'EXAMPLES_TOO_FEW' }));
  });

  it('refuses features of another model', () => {
    const head = learnHead([tile(gridOf(1, PLACES), ones(PLACES))]);
    expect(() => detectTaught({ ...head, channels: 5 }, gridOf(1, []))).toThrow(
      expect.objectContaining({ code: 'CLASS_WRONG_MODEL' }),
    );
  });
});

it('describes a cell by itself, its extent and its surroundings', () => {
  const grid = gridOf(9, PLACES);
  const cells = describeCells(grid, 24);
  const [row, col] = [6, 1];
  const mean = (reach: number, less: number) => {
    let sum = 0;
    let count = 0;
    for (let r = 0; r < SIDE; r++) {
      for (let c = 0; c < SIDE; c++) {
        const away = Math.max(Math.abs(r - row), Math.abs(c - col));
        if (away > reach || away <= less) continue;
        sum += grid.data[(r * SIDE + c) * CHANNELS + 2]!;
        count++;
      }
    }
    return sum / count;
  };
  const at = (row * SIDE + col) * 3 * CHANNELS + 2;
  expect(cells[at]).toBe(grid.data[(row * SIDE + col) * CHANNELS + 2]);
  expect(cells[at + CHANNELS]).toBeCloseTo(mean(1, -1), 5);
  expect(cells[at + 2 * CHANNELS]).toBeCloseTo(mean(3, 1), 5);
});
