import type { Component, Frame } from './frame.ts';

/**
 * The first `rows` rows of a decoded picture, u8[rows, width, components]. With `toRgb`, three components are converted
 * from YCbCr to RGB. Equals the output of the Independent JPEG Group's libjpeg 9 bit for bit.
 */
export function toPixels(frame: Frame, rows: number, toRgb: boolean): Uint8Array<ArrayBuffer> {
  const { width, components } = frame;
  const out = new Uint8Array(width * rows * components.length);
  components.forEach((component, i) => void interleave(frame, component, rows, out, i));
  if (toRgb && components.length === 3) yCbCrToRgb(out);
  return out;
}

function interleave(frame: Frame, component: Component, rows: number, out: Uint8Array, offset: number): void {
  const { samples, stride, across, down, spanX, spanY } = component;
  // 1 or a fraction: samples that the transform hasn't doubled are repeated.
  const perPixelX = (across * spanX) / (frame.mcusAcross * 8 * maxSampling(frame, 'h'));
  const perPixelY = (down * spanY) / (frame.mcusDown * 8 * maxSampling(frame, 'v'));
  const step = frame.components.length;
  for (let row = 0; row < rows; row++) {
    const from = Math.floor(row * perPixelY) * stride;
    let at = row * frame.width * step + offset;
    if (perPixelX === 1) {
      for (let col = 0; col < frame.width; col++, at += step) out[at] = samples[from + col]!;
    } else {
      for (let col = 0; col < frame.width; col++, at += step) out[at] = samples[from + Math.floor(col * perPixelX)]!;
    }
  }
}

const maxSampling = ({ components }: Frame, key: 'h' | 'v'): number => Math.max(...components.map((one) => one[key]));

const fixed = (value: number) => Math.round(value * 65536);
const CR_TO_RED = fixed(1.402);
const CB_TO_BLUE = fixed(1.772);
const CB_TO_GREEN = fixed(0.344136286);
const CR_TO_GREEN = fixed(0.714136286);
const HALF = 32768;

/** ITU-R BT.601, full range, in place: JPEG's definition of YCbCr. */
function yCbCrToRgb(pixels: Uint8Array<ArrayBuffer>): void {
  const samples = new Uint8ClampedArray(pixels.buffer);
  for (let i = 0; i + 2 < samples.length; i += 3) {
    const y = samples[i]!;
    const cb = samples[i + 1]! - 128;
    const cr = samples[i + 2]! - 128;
    samples[i] = y + ((CR_TO_RED * cr + HALF) >> 16);
    samples[i + 1] = y + ((HALF - CB_TO_GREEN * cb - CR_TO_GREEN * cr) >> 16);
    samples[i + 2] = y + ((CB_TO_BLUE * cb + HALF) >> 16);
  }
}
