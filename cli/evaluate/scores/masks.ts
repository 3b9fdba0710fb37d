import type { Point, Quad } from '../../../src/geo/types.ts';

/**
 * Samples per side of a pixel. With one sample, the position of the edges would decide the score of shapes of a few
 * pixels.
 */
const FINE = 2;

/** A shape on the image's grid with `FINE` samples per side of a pixel: 1 inside, 0 outside. */
export interface Raster {
  data: Uint8Array;
  width: number;
  height: number;
}

/**
 * Rasterises rings by even–odd crossings at sample centres. Rings are in pixels; parts outside the image are cut off.
 */
export function rasterise(rings: readonly (readonly Point[])[], size: { width: number; height: number }): Raster {
  const raster = empty(size);
  for (let row = 0; row < raster.height; row += 1) {
    const y = (row + 0.5) / FINE;
    for (const [from, to] of spansAt(rings, y)) {
      const first = Math.max(0, Math.ceil(from * FINE - 0.5));
      const last = Math.min(raster.width, Math.ceil(to * FINE - 0.5));
      if (last > first) raster.data.fill(1, row * raster.width + first, row * raster.width + last);
    }
  }
  return raster;
}

/** The ellipse that touches all four sides of a box; for a square box, a disc. */
export function ellipseIn(box: Quad, points = 64): Point[] {
  const [p0, p1, , p3] = box;
  const centre: Point = [(p1[0] + p3[0]) / 2, (p1[1] + p3[1]) / 2];
  return Array.from({ length: points }, (_, index) => {
    const angle = (2 * Math.PI * index) / points;
    const u = Math.cos(angle) / 2;
    const v = Math.sin(angle) / 2;
    return [
      centre[0] + u * (p1[0] - p0[0]) + v * (p3[0] - p0[0]),
      centre[1] + u * (p1[1] - p0[1]) + v * (p3[1] - p0[1]),
    ];
  });
}

/** Intersection over union; NaN if both are empty. */
export function maskIou(a: Raster, b: Raster): number {
  let shared = 0;
  let either = 0;
  for (let i = 0; i < a.data.length; i += 1) {
    shared += a.data[i]! & b.data[i]!;
    either += a.data[i]! | b.data[i]!;
  }
  return either === 0 ? Number.NaN : shared / either;
}

/** Samples that are set in any of the rasters. */
export function unionOf(rasters: readonly Raster[], size: { width: number; height: number }): Raster {
  const union = empty(size);
  for (const { data } of rasters) for (let i = 0; i < data.length; i += 1) union.data[i]! |= data[i]!;
  return union;
}

function empty({ width, height }: { width: number; height: number }): Raster {
  return { data: new Uint8Array(width * FINE * height * FINE), width: width * FINE, height: height * FINE };
}

/** Sections of the line at `y` that lie inside, left to right, by even–odd over all rings. */
function spansAt(rings: readonly (readonly Point[])[], y: number): [number, number][] {
  const crossings: number[] = [];
  for (const ring of rings) {
    for (const [index, [x0, y0]] of ring.entries()) {
      const [x1, y1] = ring[(index + 1) % ring.length]!;
      if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
    }
  }
  crossings.sort((a, b) => a - b);
  const spans: [number, number][] = [];
  for (let i = 0; i + 1 < crossings.length; i += 2) spans.push([crossings[i]!, crossings[i + 1]!]);
  return spans;
}
