import { describe, expect, it } from 'vitest';
import { applyGeotransform } from '../../geo/ground/affine.ts';
import type { Geotransform } from '../../geo/types.ts';
import { describeFit, fitGcps, type Gcp, type GcpFit } from './gcp-fit.ts';

const TURNED: Geotransform = [500_000, 0.5, 0.2, 4_100_000, 0.2, -0.5];

function pointsOn(geotransform: Geotransform, places: readonly (readonly [number, number])[]): Gcp[] {
  return places.map(([col, row]) => {
    const [x, y] = applyGeotransform(geotransform, col, row);
    return { col, row, x, y };
  });
}

const CORNERS = [
  [0, 0],
  [1000, 0],
  [1000, 800],
  [0, 800],
  [430, 270],
] as const;

const accepted = (fit: GcpFit | string): GcpFit => {
  if (typeof fit === 'string') throw new Error(fit);
  return fit;
};

describe('an affine through ground control points', () => {
  it('is exact if the points lie on one', () => {
    const fit = accepted(fitGcps(pointsOn(TURNED, CORNERS), false));
    fit.geotransform.forEach((value, i) => {
      expect(value).toBeCloseTo(TURNED[i]!, 6);
    });
    expect(fit.worstPx).toBeLessThan(1e-6);
    expect(fit.count).toBe(5);
  });

  it('states how far the points lie from it, in pixels', () => {
    const points = pointsOn([0, 2, 0, 0, 0, -2], CORNERS);
    points[4] = { ...points[4]!, x: points[4]!.x + 5 };
    const fit = accepted(fitGcps(points, false));
    // Five metres are 2.5 pixels; the fit gives way a little.
    expect(fit.worstPx).toBeGreaterThan(1.5);
    expect(fit.worstPx).toBeLessThan(2.5);
    expect(fit.rmsPx).toBeLessThan(fit.worstPx);
    expect(describeFit(fit)).toMatch(/^5 ground control points, fitted: \d\.\d\d px RMS, \d\.\d\d px at worst$/);
  });

  it('is refused if a point is far off', () => {
    const points = pointsOn([0, 2, 0, 0, 0, -2], CORNERS);
    points[0] = { ...points[0]!, y: 300 };
    expect(fitGcps(points, false)).toMatch(/don’t fit a plane.*gdalwarp -tps/);
  });

  it('needs three points that don’t lie on a line', () => {
    expect(fitGcps(pointsOn(TURNED, CORNERS.slice(0, 2)), false)).toMatch(/gives 2 ground control points/);
    const line = pointsOn(TURNED, [
      [0, 0],
      [10, 10],
      [20, 20],
      [500, 500],
    ]);
    expect(fitGcps(line, false)).toMatch(/lie on a line/);
  });

  it('leaves out points that aren’t numbers', () => {
    const points = [...pointsOn(TURNED, CORNERS), { col: Number.NaN, row: 1, x: 2, y: 3 }];
    expect(accepted(fitGcps(points, false)).count).toBe(5);
  });

  it('works across the antimeridian', () => {
    const points = pointsOn([179.5, 0.001, 0, 10, 0, -0.001], CORNERS).map((p) => ({
      ...p,
      x: p.x > 180 ? p.x - 360 : p.x,
    }));
    const fit = accepted(fitGcps(points, true));
    expect(fit.geotransform[1]).toBeCloseTo(0.001, 9);
    expect(fitGcps(points, false)).toMatch(/don’t fit/);
  });
});
