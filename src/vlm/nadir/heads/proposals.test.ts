import { describe, expect, it } from 'vitest';
import type { DetectorSpec } from '../../manifest/manifest.ts';
import { decodeCell, prompted, proposalInputs, propose } from './proposals.ts';

const spec: DetectorSpec = {
  classes: [
    { name: 'a', plural: 'as' },
    { name: 'b', plural: 'bs' },
  ],
  stride: 8,
  grid: [4, 5],
  proposals: { graph: 'proposals.onnx', max: 3, minScores: [0.2, 0.2], nmsIou: 0.3, peakWindow: 3 },
  regionCalibration: null,
};
const inputsOf = (detector: DetectorSpec, ...rest: Rest<Parameters<typeof proposalInputs>>) =>
  proposalInputs(
    {
      detector,
      connector: { graph: 'connector.onnx', neck: { stride: 8, grid: [4, 5] } },
      slicing: { default: 'auto', tile: 40, overlap: 0, maxSlices: 1 },
    },
    ...rest,
  );
type Rest<All extends unknown[]> = All extends [unknown, ...infer Others] ? Others : never;

function maps(peaks: { row: number; col: number; k: number; score: number; geom?: number[] }[]) {
  const heat = new Float32Array(4 * 5 * 2);
  const geom = new Float32Array(4 * 5 * 6);
  for (const { row, col, k, score, geom: g = [0, 0, 0, 0, 0, 1] } of peaks) {
    heat[(row * 5 + col) * 2 + k] = score;
    geom.set(g, (row * 5 + col) * 6);
  }
  return { heat, geom };
}

describe('decodeCell', () => {
  it('reads centre, sides and angle', () => {
    const { geom } = maps([{ row: 2, col: 3, k: 0, score: 1, geom: [0.25, -0.5, Math.log(2), Math.log(0.5), 1, 0] }]);
    const box = decodeCell(spec, 13, geom);
    expect(box.cx).toBeCloseTo(30, 5);
    expect(box.cy).toBeCloseTo(16, 5);
    expect(box.w).toBeCloseTo(16, 5);
    expect(box.h).toBeCloseTo(4, 5);
    expect(box.thetaDeg).toBeCloseTo(45, 5);
  });

  it('brings angles into [0, 180)', () => {
    const angle = (sin2: number, cos2: number) => {
      const { geom } = maps([{ row: 0, col: 0, k: 0, score: 1, geom: [0, 0, 0, 0, sin2, cos2] }]);
      return decodeCell(spec, 0, geom).thetaDeg;
    };
    expect(angle(-1, 0)).toBeCloseTo(135, 5);
    expect(angle(0, -1)).toBeCloseTo(90, 5);
    expect(angle(0, 1)).toBe(0);
    expect(angle(-1e-9, 1)).toBeLessThan(180);
  });
});

describe('prompted', () => {
  const found = [0.2, 0.9, 0.5, 0.7].map((score, i) => ({
    classIndex: i < 2 ? 0 : 1,
    score,
    cell: i,
    box: { cx: i, cy: 0, w: 1, h: 1, thetaDeg: 0 },
  }));

  it('is everything for a model that says nothing about prompts', () => {
    expect(prompted(spec, found)).toEqual(found);
  });

  it('keeps the best of the classes that have words, in the order of the pointers', () => {
    expect(prompted({ ...spec, prompt: { classes: ['a'], max: 9 } }, found).map((p) => p.cell)).toEqual([1, 0]);
    expect(prompted({ ...spec, prompt: { classes: ['a', 'b'], max: 2 } }, found).map((p) => p.cell)).toEqual([1, 3]);
  });
});

describe('propose', () => {
  it('keeps peaks from the threshold up, sorted by class, then score', () => {
    const { heat, geom } = maps([
      { row: 0, col: 0, k: 1, score: 0.9 },
      { row: 3, col: 0, k: 0, score: 0.3 },
      { row: 0, col: 4, k: 0, score: 0.5 },
      { row: 3, col: 4, k: 0, score: 0.19 },
    ]);
    const found = propose(spec, heat, geom);
    expect(found.map((p) => [p.classIndex, p.cell])).toEqual([
      [0, 4],
      [0, 15],
      [1, 0],
    ]);
    expect(found[0]?.score).toBeCloseTo(0.5, 6);
  });

  it('compares the threshold in f32, like the heat', () => {
    const { heat, geom } = maps([{ row: 1, col: 1, k: 0, score: 0.15 }]);
    expect(propose({ ...spec, proposals: { ...spec.proposals, minScores: [0.15, 0.2] } }, heat, geom)).toHaveLength(1);
  });

  it('uses each class’s own least heat', () => {
    const { heat, geom } = maps([
      { row: 0, col: 0, k: 0, score: 0.3 },
      { row: 3, col: 3, k: 1, score: 0.3 },
    ]);
    const strict = { ...spec.proposals, minScores: [0.35, 0.1] };
    expect(propose({ ...spec, proposals: strict }, heat, geom).map((p) => p.classIndex)).toEqual([1]);
  });

  it('drops a cell beside a hotter one, and keeps both of two equal ones', () => {
    const hot = maps([
      { row: 1, col: 1, k: 0, score: 0.9 },
      { row: 2, col: 2, k: 0, score: 0.8 },
    ]);
    expect(propose(spec, hot.heat, hot.geom).map((p) => p.cell)).toEqual([6]);
    const equal = maps([
      { row: 1, col: 1, k: 0, score: 0.5 },
      { row: 2, col: 2, k: 0, score: 0.5 },
    ]);
    expect(propose(spec, equal.heat, equal.geom).map((p) => p.cell)).toEqual([6, 12]);
  });

  it('suppresses overlapping boxes of the same class only', () => {
    const wide = [0, 0, Math.log(5), Math.log(5), 0, 1];
    const peaks = (k: number) => [
      { row: 0, col: 1, k: 0, score: 0.9, geom: wide },
      { row: 2, col: 1, k, score: 0.8, geom: wide },
    ];
    const same = maps(peaks(0));
    expect(propose(spec, same.heat, same.geom).map((p) => p.cell)).toEqual([1]);
    const other = maps(peaks(1));
    expect(propose(spec, other.heat, other.geom).map((p) => p.cell)).toEqual([1, 11]);
  });

  it('keeps the best of all classes when there are too many', () => {
    const { heat, geom } = maps([
      { row: 0, col: 0, k: 0, score: 0.3 },
      { row: 0, col: 4, k: 0, score: 0.4 },
      { row: 3, col: 0, k: 1, score: 0.5 },
      { row: 3, col: 4, k: 1, score: 0.6 },
    ]);
    expect(propose(spec, heat, geom).map((p) => p.cell)).toEqual([4, 19, 15]);
  });

  it('proposes nothing for NaN', () => {
    const { geom } = maps([]);
    expect(propose(spec, new Float32Array(40).fill(Number.NaN), geom)).toEqual([]);
  });
});

describe('a dense head finer than the neck', () => {
  // Cells of 4 px over a neck of 8 px: a tile of 32 × 40 px.
  const fine = {
    ...spec,
    stride: 4,
    grid: [8, 10] as [number, number],
  };
  const cols = 10;
  const neck = Float32Array.from({ length: 4 * 5 }, (_, i) => i);

  it('decodes with its own stride', () => {
    const geom = new Float32Array(8 * 10 * 6);
    const cell = 3 * cols + 7;
    geom.set([0.25, -0.25, Math.log(3), Math.log(2), 0, 1], cell * 6);
    const heat = new Float32Array(8 * 10 * 2);
    heat[cell * 2 + 1] = 0.9;
    const [found] = propose(fine, heat, geom);
    expect(found).toMatchObject({ classIndex: 1, cell });
    expect(found?.box.cx).toBeCloseTo((7.5 + 0.25) * 4, 4);
    expect(found?.box.cy).toBeCloseTo((3.5 - 0.25) * 4, 4);
    expect(found?.box.w).toBeCloseTo(12, 4);
    expect(found?.box.h).toBeCloseTo(8, 4);
  });

  it.each([
    [0, 0, 0],
    [0, 1, 0],
    [1, 1, 0],
    [2, 1, 5],
    [3, 7, 5 + 3],
    [7, 9, 3 * 5 + 4],
  ])('maps heat cell (%i, %i) to neck cell %i', (row, col, neckCell) => {
    const box = { cx: 1, cy: 1, w: 1, h: 1, thetaDeg: 0 };
    const proposal = { classIndex: 0, score: 1, cell: row * cols + col, box };
    const inputs = inputsOf(fine, { heat: new Float32Array(160), neck }, [proposal], null);
    expect(Array.from(inputs.features)).toEqual([neckCell]);
  });

  it('averages a region over the cells of each grid', () => {
    const heat = new Float32Array(8 * 10 * 2);
    // x 8–16, y 8–16: heat cells (2–3, 2–3), neck cell (1, 1).
    for (const [row, col, score] of [
      [2, 2, 0.8],
      [3, 3, 0.4],
      [2, 4, 1],
    ] as const)
      heat[(row * cols + col) * 2] = score;
    const inputs = inputsOf(fine, { heat, neck }, [], { cx: 12, cy: 12, w: 8, h: 8, thetaDeg: 0 });
    expect(inputs.scores[0]).toBeCloseTo(0.3, 6);
    expect(Array.from(inputs.features)).toEqual([6]);
  });

  it('gives a region smaller than a cell the nearest cell of each grid', () => {
    const heat = new Float32Array(8 * 10 * 2);
    heat[(5 * cols + 6) * 2] = 0.5;
    const inputs = inputsOf(fine, { heat, neck }, [], { cx: 25, cy: 21, w: 0.5, h: 0.5, thetaDeg: 0 });
    expect(inputs.scores[0]).toBeCloseTo(0.5, 6);
    expect(Array.from(inputs.features)).toEqual([2 * 5 + 3]);
  });
});

describe('proposalInputs', () => {
  const neck = Float32Array.from({ length: 4 * 5 * 3 }, (_, i) => i);
  const { heat } = maps([
    { row: 1, col: 1, k: 0, score: 0.8 },
    { row: 1, col: 2, k: 1, score: 0.4 },
  ]);

  it('uses a proposal’s own cell', () => {
    const box = { cx: 12, cy: 12, w: 8, h: 4, thetaDeg: 45 };
    const inputs = inputsOf(spec, { heat, neck }, [{ classIndex: 1, score: 0.7, cell: 6, box }], null);
    expect(inputs.count).toBe(1);
    const expected = [0.3, 0.3, 0.2, 0.1, 1, 0];
    for (const [i, value] of expected.entries()) expect(inputs.geometry[i]).toBeCloseTo(value, 6);
    expect(inputs.scores[0]).toBe(0);
    expect(inputs.scores[1]).toBeCloseTo(0.7, 6);
    expect(Array.from(inputs.features)).toEqual([18, 19, 20]);
  });

  it('averages a region over the cells whose centres lie in it', () => {
    const region = { cx: 16, cy: 12, w: 10, h: 6, thetaDeg: 0 };
    const inputs = inputsOf(spec, { heat, neck }, [], region);
    expect(inputs.scores[0]).toBeCloseTo(0.4, 6);
    expect(inputs.scores[1]).toBeCloseTo(0.2, 6);
    expect(Array.from(inputs.features)).toEqual([19.5, 20.5, 21.5]);
  });

  it('follows the region’s rotation', () => {
    const region = { cx: 12, cy: 16, w: 2, h: 20, thetaDeg: 0 };
    const upright = inputsOf(spec, { heat, neck }, [], region);
    expect(Array.from(upright.features)).toEqual([25.5, 26.5, 27.5]);
    const turned = inputsOf(spec, { heat, neck }, [], { ...region, w: 20, h: 2, thetaDeg: 90 });
    expect(Array.from(turned.features)).toEqual([25.5, 26.5, 27.5]);
  });

  it('takes the nearest cell for a region that contains no cell centre', () => {
    const inputs = inputsOf(spec, { heat, neck }, [], { cx: 39.9, cy: 0, w: 1, h: 1, thetaDeg: 0 });
    expect(Array.from(inputs.features)).toEqual([12, 13, 14]);
  });
});
