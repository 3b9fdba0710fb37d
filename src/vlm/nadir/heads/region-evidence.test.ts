import { describe, expect, it } from 'vitest';
import type { RotatedBox } from '../../../geo/types.ts';
import { knownProbability } from './region-evidence.ts';

const manifest = {
  detector: {
    classes: [
      { name: 'a', plural: 'as' },
      { name: 'b', plural: 'bs' },
    ],
    stride: 4,
    grid: [8, 8] as [number, number],
    proposals: { graph: 'proposals.onnx', max: 9, minScores: [0.5, 0.1], nmsIou: 0.3, peakWindow: 3 },
    regionCalibration: { heat: 0.5, iou: 4, none: -5, offset: -1 },
  },
};
const region: RotatedBox = { cx: 10, cy: 10, w: 8, h: 8, thetaDeg: 0 };
/** Heat of both classes in the cell at (x, y) in tile pixels. */
function heatAt(x: number, y: number, a: number, b: number) {
  const heat = new Float32Array(8 * 8 * 2).fill(0.01);
  heat.set([a, b], (Math.floor(y / 4) * 8 + Math.floor(x / 4)) * 2);
  return heat;
}
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
const odds = (p: number) => Math.log(p / (1 - p));
const proposal = (classIndex: number, box: RotatedBox) => ({ classIndex, score: 0.9, cell: 0, box });

describe('knownProbability', () => {
  it('weighs the region’s largest heat against the class’s least heat, and the best overlap with a proposal of the class', () => {
    const evidence = { heat: heatAt(11, 11, 0.8, 0.3), proposals: [proposal(0, region), proposal(1, region)] };
    expect(knownProbability(manifest, evidence, region, 0)).toBeCloseTo(sigmoid(0.5 * odds(0.8) + 4 - 1), 5);
    const other = { ...evidence, proposals: [proposal(1, region), proposal(0, { ...region, cx: 14 })] };
    // Half of each box lies in the other: IoU 1/3.
    expect(knownProbability(manifest, other, region, 0)).toBeCloseTo(sigmoid(0.5 * odds(0.8) + 4 / 3 - 1), 5);
  });

  it('uses the class with the most heat over its least heat if none is named', () => {
    const evidence = { heat: heatAt(11, 11, 0.3, 0.3), proposals: [proposal(0, region)] };
    const over = odds(0.3) - odds(0.1);
    expect(knownProbability(manifest, evidence, region, null)).toBeCloseTo(sigmoid(0.5 * over - 5 - 1), 5);
  });

  it('looks only inside the region', () => {
    const evidence = { heat: heatAt(30, 30, 0.99, 0.99), proposals: [] };
    expect(knownProbability(manifest, evidence, region, 0)).toBeLessThan(0.1);
  });

  it('is finite for heats of 0 and 1, and null without a calibration', () => {
    for (const heat of [0, 1]) {
      const p = knownProbability(manifest, { heat: heatAt(11, 11, heat, heat), proposals: [] }, region, 0);
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThan(1);
    }
    for (const none of [{ detector: { ...manifest.detector, regionCalibration: null } }, { detector: null }]) {
      expect(knownProbability(none, { heat: heatAt(11, 11, 1, 1), proposals: [] }, region, 0)).toBeNull();
    }
  });
});
