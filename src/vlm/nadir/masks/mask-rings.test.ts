import { describe, expect, it } from 'vitest';
import { ringArea } from '../../../geo/boxes/rings.ts';
import { areaOf, cornersOf } from '../../../geo/boxes/rotated-box.ts';
import type { RotatedBox } from '../../../geo/types.ts';
import { golden } from '../../../gpu/testing/goldens.ts';
import { goldenTile, modelGolden } from '../../testing/model-golden.ts';
import { readEmbeddedFiles } from '../../testing/node-model.ts';
import { normalise } from '../normalise.ts';
import { type PixelMap, refinerInputs } from './crops.ts';
import { maskRings } from './mask-rings.ts';

const size = 64;
const logitsOf = (inside: (u: number, v: number) => boolean) =>
  Float32Array.from({ length: size * size }, (_, i) =>
    inside(((i % size) + 0.5) / size, (Math.floor(i / size) + 0.5) / size) ? 1 : -1,
  );

describe('maskRings', () => {
  const box: RotatedBox = { cx: 100, cy: 120, w: 80, h: 40, thetaDeg: 30 };

  it('returns the box if the mask equals the box', () => {
    const grow = 1.25;
    const rings = maskRings(
      logitsOf((u, v) => Math.abs(u - 0.5) < 0.4 && Math.abs(v - 0.5) < 0.4),
      size,
      box,
      grow,
      256,
    );
    expect(rings).toHaveLength(1);
    const quad = cornersOf(box);
    expect(Math.abs(ringArea(rings![0]!) / areaOf(quad) - 1)).toBeLessThan(0.04);
    for (const corner of quad) {
      const nearest = Math.min(...rings![0]!.map((p) => Math.hypot(p[0] - corner[0], p[1] - corner[1])));
      expect(nearest).toBeLessThan(2);
    }
  });

  it('puts v along h: a mask of the lower half lies below the centre', () => {
    const upright = { cx: 50, cy: 50, w: 40, h: 40, thetaDeg: 0 };
    const [ring] = maskRings(
      logitsOf((_, v) => v > 0.5),
      size,
      upright,
      1,
      256,
    )!;
    expect(Math.min(...ring!.map((p) => p[1]))).toBeGreaterThan(49);
    expect(Math.max(...ring!.map((p) => p[1]))).toBeGreaterThan(68);
  });

  it('is a circle if the mask is a disc', () => {
    const square = { cx: 50, cy: 50, w: 60, h: 60, thetaDeg: 0 };
    const [ring] = maskRings(
      logitsOf((u, v) => Math.hypot(u - 0.5, v - 0.5) < 0.4),
      size,
      square,
      1,
      256,
    )!;
    for (const [x, y] of ring!) expect(Math.abs(Math.hypot(x - 50, y - 50) - 24)).toBeLessThan(1);
    expect(ring!.length).toBeLessThan(60);
  });

  it('keeps the large components, largest first, and drops holes', () => {
    const twoAndSpeck = logitsOf(
      (u, v) =>
        (u < 0.5 && v < 0.5 && !(u > 0.2 && u < 0.3 && v > 0.2 && v < 0.3)) ||
        (u > 0.7 && v > 0.6) ||
        (u > 0.95 && v < 0.05),
    );
    const rings = maskRings(twoAndSpeck, size, { cx: 128, cy: 128, w: 64, h: 64, thetaDeg: 0 }, 1, 256)!;
    expect(rings).toHaveLength(2);
    expect(ringArea(rings[0]!)).toBeGreaterThan(ringArea(rings[1]!));
    expect(Math.abs(ringArea(rings[0]!) - 32 * 32)).toBeLessThan(40);
  });

  it('is null for an empty mask and for noise', () => {
    expect(maskRings(new Float32Array(size * size).fill(-3), size, box, 1, 256)).toBeNull();
    expect(
      maskRings(
        logitsOf((u, v) => u < 1 / 64 && v < 1 / 64),
        size,
        box,
        1,
        256,
      ),
    ).toBeNull();
    expect(maskRings(new Float32Array(size * size).fill(Number.NaN), size, box, 1, 256)).toBeNull();
  });

  it('stays inside the tile', () => {
    const edge = { cx: 5, cy: 5, w: 40, h: 40, thetaDeg: 45 };
    const full = logitsOf(() => true);
    const points = maskRings(full, size, edge, 1, 256)!.flat();
    // The box itself reaches beyond the tile, so a part was cut off.
    expect(points.some(([x, y]) => x === 0 || y === 0)).toBe(true);
    for (const [x, y] of points) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(Math.max(x, y)).toBeLessThanOrEqual(256);
    }
  });
});

describe('refinerInputs', () => {
  it('samples the crop as PyTorch does', async () => {
    const { manifest } = await readEmbeddedFiles();
    const [cx, cy, w, h, thetaDeg] = modelGolden.refiner.box;
    const tile = manifest.slicing.tile;
    const pixels: PixelMap = {
      data: normalise(manifest, goldenTile()),
      rows: tile,
      cols: tile,
      channels: 4,
      stride: 1,
    };
    const neck: PixelMap = { data: new Float32Array(32 * 32), rows: 32, cols: 32, channels: 1, stride: 8 };
    const place = { box: { cx, cy, w, h, thetaDeg }, maskClass: modelGolden.refiner.cls };
    const { crop, label } = refinerInputs(manifest.refiner!, pixels, neck, [place]);
    const expected = golden('refiner_crop').data;
    expect(crop.length).toBe(expected.length);
    // The golden is f16.
    let worst = 0;
    for (let i = 0; i < crop.length; i++) worst = Math.max(worst, Math.abs(crop[i]! - expected[i]!));
    expect(worst).toBeLessThan(3e-3);
    expect(label[modelGolden.refiner.cls]).toBe(1);
  });

  it('keeps boxes and channels separate', () => {
    const ramp: PixelMap = {
      data: Float32Array.from({ length: 200 }, (_, i) => (i % 2 ? 100 : 0) + (Math.floor(i / 2) % 10)),
      rows: 10,
      cols: 10,
      channels: 2,
      stride: 1,
    };
    const spec = { size: 2, grow: 1, featureSize: 1, classes: ['a'] };
    const boxes = [2, 6].map((cx) => ({ box: { cx, cy: 5, w: 4, h: 4, thetaDeg: 0 }, maskClass: 0 }));
    const { crop, features } = refinerInputs(spec, ramp, ramp, boxes);
    // Columns 1 and 3 of the first box lie at x − 0.5 = 0.5 and 2.5; the second box is 4 further right.
    expect(Array.from(crop)).toEqual([
      0.5, 2.5, 0.5, 2.5, 100.5, 102.5, 100.5, 102.5, 1, 1, 1, 1, 4.5, 6.5, 4.5, 6.5, 104.5, 106.5, 104.5, 106.5, 1, 1,
      1, 1,
    ]);
    expect(Array.from(features)).toEqual([1.5, 101.5, 5.5, 105.5]);
  });
});
