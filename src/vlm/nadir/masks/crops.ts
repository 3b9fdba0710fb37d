import type { RotatedBox } from '../../../geo/types.ts';
import type { RefinerSpec } from '../../manifest/manifest.ts';
import type { RefinerInputs } from '../../runtime/engine.ts';

/** An image or feature map f32[rows, cols, channels] over the tile. `stride`: tile pixels per cell. */
export interface PixelMap {
  data: Float32Array;
  rows: number;
  cols: number;
  channels: number;
  stride: number;
}

/** A box whose mask is wanted. */
export interface MaskPlace {
  /** Index into the refiner's classes. */
  maskClass: number;
  /** In tile pixels. */
  box: RotatedBox;
}

/**
 * Inputs of the mask refiner. Each box is sampled in its own frame, enlarged by `refiner.grow` about its centre (u
 * along w, v along h). The samples lie at the centres of size×size cells, bilinear, clamped to the edge.
 */
export function refinerInputs(
  refiner: Pick<RefinerSpec, 'size' | 'grow' | 'featureSize' | 'classes'>,
  pixels: PixelMap,
  neck: PixelMap,
  places: readonly MaskPlace[],
): RefinerInputs {
  const { size, grow, featureSize } = refiner;
  const classes = refiner.classes.length;
  const count = places.length;
  const planes = pixels.channels + 1;
  const inputs: RefinerInputs = {
    count,
    crop: new Float32Array(count * planes * size * size),
    cropSide: size,
    features: new Float32Array(count * neck.channels * featureSize * featureSize),
    featureSide: featureSize,
    label: new Float32Array(count * classes),
  };
  places.forEach(({ box, maskClass }, i) => {
    const crop = inputs.crop.subarray(i * planes * size * size, (i + 1) * planes * size * size);
    sampleFrame(pixels, box, grow, size, crop);
    markBox(crop.subarray(pixels.channels * size * size), size, grow);
    const features = neck.channels * featureSize * featureSize;
    sampleFrame(neck, box, grow, featureSize, inputs.features.subarray(i * features, (i + 1) * features));
    inputs.label[i * classes + maskClass] = 1;
  });
  return inputs;
}

/** Maps points of a box's enlarged frame to tile pixels. `u` and `v` run from 0 to 1 across the frame. */
export function frameOf(box: RotatedBox, grow: number): (u: number, v: number) => [x: number, y: number] {
  const { cx, cy, w, h, thetaDeg } = box;
  const theta = (thetaDeg * Math.PI) / 180;
  const cos = Math.cos(theta);
  const sin = Math.sin(theta);
  return (u, v) => {
    const along = (u - 0.5) * w * grow;
    const across = (v - 0.5) * h * grow;
    return [cx + along * cos - across * sin, cy + along * sin + across * cos];
  };
}

/** Writes f32[channels, size, size]. */
function sampleFrame(map: PixelMap, box: RotatedBox, grow: number, size: number, out: Float32Array): void {
  const { data, rows, cols, channels, stride } = map;
  const toTile = frameOf(box, grow);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const [x, y] = toTile((i + 0.5) / size, (j + 0.5) / size);
      // A cell's value applies at the cell's centre.
      const col = Math.min(cols - 1, Math.max(0, x / stride - 0.5));
      const row = Math.min(rows - 1, Math.max(0, y / stride - 0.5));
      const c0 = Math.floor(col);
      const r0 = Math.floor(row);
      const c1 = Math.min(cols - 1, c0 + 1);
      const r1 = Math.min(rows - 1, r0 + 1);
      const fc = col - c0;
      const fr = row - r0;
      const [a, b, c, d] = [
        (r0 * cols + c0) * channels,
        (r0 * cols + c1) * channels,
        (r1 * cols + c0) * channels,
        (r1 * cols + c1) * channels,
      ];
      for (let k = 0; k < channels; k++) {
        const upper = data[a + k]! * (1 - fc) + data[b + k]! * fc;
        const lower = data[c + k]! * (1 - fc) + data[d + k]! * fc;
        out[(k * size + j) * size + i] = upper * (1 - fr) + lower * fr;
      }
    }
  }
}

/** 1 for samples that lie in the box before enlargement. */
function markBox(out: Float32Array, size: number, grow: number): void {
  const inside = (i: number) => Math.abs((i + 0.5) / size - 0.5) * grow <= 0.5;
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) out[j * size + i] = inside(i) && inside(j) ? 1 : 0;
  }
}
