import { describe, expect, it } from 'vitest';
import type { ChangeSpec, GridSpec } from '../../manifest/manifest.ts';
import { changeInputs, changeRows, proposeChanges } from './change.ts';

const spec: ChangeSpec = {
  graph: 'onnx/change.onnx',
  proposalGraph: 'onnx/change_proposals.onnx',
  max: 2,
  minScore: 0.2,
  nmsIou: 0.3,
  peakWindow: 3,
  visualRows: 2,
  stride: 8,
  grid: [4, 5],
};
const manifest = { slicing: { default: 'auto' as const, tile: 40, overlap: 0, maxSlices: 1 } };
const neck: GridSpec = { stride: 8, grid: [4, 5] };

function evidence(peaks: { cell: number; score: number }[]) {
  const heat = new Float32Array(20);
  const geom = new Float32Array(20 * 6);
  for (const { cell, score } of peaks) {
    heat[cell] = score;
    geom.set([0, 0, 0, 0, 0, 1], cell * 6);
  }
  return { heat, geom };
}

describe('proposeChanges', () => {
  it('decodes the change head with its own grid and limits', () => {
    const peaks = [
      { cell: 0, score: 0.5 },
      { cell: 13, score: 0.9 },
      { cell: 4, score: 0.4 },
      { cell: 10, score: 0.1 },
    ];
    const found = proposeChanges(spec, evidence(peaks));
    expect(found.map(({ cell, classIndex }) => [cell, classIndex])).toEqual([
      [13, 0],
      [0, 0],
    ]);
    expect(found[0]?.box).toMatchObject({ cx: 28, cy: 20, w: 8, h: 8, thetaDeg: 0 });
  });
});

describe('changeInputs', () => {
  it('gives a change the difference of the necks at its cell', () => {
    const [change] = proposeChanges(spec, evidence([{ cell: 13, score: 0.9 }]));
    const before = Float32Array.from({ length: 40 }, (_, i) => i);
    const after = Float32Array.from({ length: 40 }, (_, i) => 3 * i);
    const inputs = changeInputs(manifest, neck, spec, { before, after }, [change!]);
    expect(inputs.count).toBe(1);
    expect(Array.from(inputs.features)).toEqual([52, 54]);
    expect(inputs.scores[0]).toBeCloseTo(0.9, 6);
    expect(inputs.scores).toHaveLength(1);
    const expected = [0.7, 0.5, 0.2, 0.2, 0, 1];
    for (const [i, value] of expected.entries()) expect(inputs.geometry[i]).toBeCloseTo(value, 6);
  });

  it('is empty if nothing is proposed', () => {
    const same = new Float32Array(40);
    expect(changeInputs(manifest, neck, spec, { before: same, after: same }, [])).toMatchObject({ count: 0 });
  });
});

describe('changeRows', () => {
  it('puts the earlier image’s last rows first, then the later image’s, then the change rows', () => {
    const before = Float32Array.from([1, 1, 2, 2, 3, 3]);
    const after = Float32Array.from([4, 4, 5, 5, 6, 6]);
    const rows = changeRows(spec, 2, before, after, Float32Array.from([7, 7]));
    expect(Array.from(rows)).toEqual([2, 2, 3, 3, 5, 5, 6, 6, 7, 7]);
  });
});
