import { assert } from '../../lib/errors.ts';

/** How a square kernel moves over an image, in pixels. */
export interface ConvGeometry {
  inHeight: number;
  inWidth: number;
  kernel: number;
  stride: number;
  /** Zeros above and to the left. */
  pad: number;
  /** Zeros below and to the right; as `pad` if absent. */
  padAfter?: number;
}

/** Output pixels, [height, width]. */
export function convOutput(name: string, geometry: ConvGeometry): [number, number] {
  const { inHeight, inWidth, kernel, stride, pad, padAfter = pad } = geometry;
  const [height, width] = [inHeight, inWidth].map((size) => Math.floor((size + pad + padAfter - kernel) / stride) + 1);
  assert(
    height! > 0 && width! > 0,
    `${name}: a ${kernel} kernel doesn't fit ${inHeight}×${inWidth} with padding ${pad} and ${padAfter}`,
  );
  return [height!, width!];
}
