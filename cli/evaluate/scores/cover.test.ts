import { expect, it } from 'vitest';
import { coverIou, coverTally } from './cover.ts';

const [A, B, C] = [1, 2, 4];
const ANY = A | B | C;

/** Two cells of 2 × 2 pixels beside each other. */
const grid = { x: 0, y: 0, cellWidth: 2, cellHeight: 2, cols: 2, rows: 1 };
const truth = (allowed: number[]) => ({ allowed: Uint8Array.from(allowed), width: 4, height: 2, classCount: 3 });
const map = (...classes: number[]) => ({ grid, classes: Uint8Array.from(classes), bits: [0, 1, 2] });

it('counts pixels whose class is known, and those that may be what is said', () => {
  const allowed = [A, A, B, ANY, A | B, B | C, B, A];
  expect(coverTally(truth(allowed), map(0, 1))).toEqual({
    table: [
      [2, 1, 0, 0],
      [0, 2, 0, 0],
      [0, 0, 0, 0],
    ],
    may: 5,
    known: 7,
  });
});

it('holds a cell without a class, and a missing map, as a miss', () => {
  const allowed = [A, A, B, B, A, A, B, B];
  const { table, may, known } = coverTally(truth(allowed), map(0, 255));
  expect([table[0], table[1], may, known]).toEqual([[4, 0, 0, 0], [0, 0, 0, 4], 4, 8]);
  expect(coverTally(truth(allowed), null)).toMatchObject({ may: 0, known: 8 });
});

it('reads the classes of a model in another order', () => {
  const tally = coverTally(truth([A, A, B, B, A, A, B, B]), { ...map(1, 0), bits: [1, 0, 2] });
  expect(coverIou([tally])).toEqual([1, 1, null]);
});

it('adds images up before it divides', () => {
  const right = coverTally(truth([A, A, A, A, A, A, A, A]), map(0, 0));
  const half = coverTally(truth([A, A, B, B, A, A, B, B]), map(0, 0));
  // A: 12 right, 4 too many; B: none of 4.
  expect(coverIou([right, half])).toEqual([12 / 16, 0, null]);
});
