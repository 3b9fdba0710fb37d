import { describe, expect, it } from 'vitest';
import { quadOfEdges } from './boxes.ts';
import { ellipseIn, maskIou, rasterise, unionOf } from './masks.ts';

const size = { width: 20, height: 20 };
const filled = ({ data }: { data: Uint8Array }) => data.reduce((sum, sample) => sum + sample, 0);

describe('masks', () => {
  it('raster a rectangle exactly, four samples a pixel', () => {
    expect(filled(rasterise([quadOfEdges(2, 3, 7, 5)], size))).toBe(5 * 2 * 4);
  });

  it('cut off what lies outside the image', () => {
    expect(filled(rasterise([quadOfEdges(-5, -5, 2, 2)], size))).toBe(2 * 2 * 4);
  });

  it('leave a hole where a ring lies within another', () => {
    expect(filled(rasterise([quadOfEdges(0, 0, 10, 10), quadOfEdges(4, 4, 6, 6)], size))).toBe((100 - 4) * 4);
  });

  it('compare by intersection over union', () => {
    const a = rasterise([quadOfEdges(0, 0, 4, 4)], size);
    const b = rasterise([quadOfEdges(2, 0, 6, 4)], size);
    // 2 × 4 shared of 6 × 4.
    expect(maskIou(a, b)).toBeCloseTo(1 / 3);
    expect(maskIou(a, unionOf([a, a], size))).toBe(1);
    expect(maskIou(unionOf([], size), unionOf([], size))).toBeNaN();
  });

  it('fill a square box as a disc: π/4 of it', () => {
    const box = quadOfEdges(1, 1, 19, 19);
    const share = filled(rasterise([ellipseIn(box)], size)) / filled(rasterise([box], size));
    expect(share).toBeCloseTo(Math.PI / 4, 1);
  });
});
