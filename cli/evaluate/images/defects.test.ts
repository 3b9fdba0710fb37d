import { describe, expect, it } from 'vitest';
import { DEFECTS } from '../question.ts';
import { type Rgb, spoil } from './defects.ts';

const width = 32;
const height = 24;
const values = (value: (col: number, row: number) => number): Rgb => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) =>
    value(Math.floor(i / 3) % width, Math.floor(i / 3 / width)),
  ),
});
const flat = values(() => 100);
const step = values((col) => (col < width / 2 ? 40 : 160));
const mean = ({ data }: Rgb) => data.reduce((sum, value) => sum + value, 0) / data.length;
const deviation = (image: Rgb) => Math.sqrt(variance(image));
const variance = (image: Rgb) => {
  const centre = mean(image);
  return image.data.reduce((sum, value) => sum + (value - centre) ** 2, 0) / image.data.length;
};
const at = ({ data }: Rgb, col: number, row: number) => data[(row * width + col) * 3]!;

describe('defects', () => {
  it('are the same for the same seed, differ from the clean image, and don’t modify it', () => {
    for (const defect of DEFECTS) {
      const once = spoil(step, defect, 0.5, 3);
      expect(spoil(step, defect, 0.5, 3).data, defect).toEqual(once.data);
      expect(once.data, defect).not.toEqual(step.data);
    }
    expect(at(step, 0, 0)).toBe(40);
  });

  it('blur an edge to its mean, and nothing flat', () => {
    expect(spoil(flat, 'blur', 1, 1).data).toEqual(flat.data);
    const blurred = spoil(step, 'blur', 0, 1);
    const across = (at(blurred, width / 2 - 1, 5) + at(blurred, width / 2, 5)) / 2;
    expect(across).toBeCloseTo(100, -1);
    expect(at(blurred, width / 2 - 1, 5)).toBeGreaterThan(60);
  });

  it('add noise of the stated deviation', () => {
    const noisy = spoil(flat, 'noise', 0, 1);
    expect(mean(noisy)).toBeCloseTo(100, -1);
    expect(deviation(noisy)).toBeGreaterThan(24);
    expect(deviation(noisy)).toBeLessThan(32);
  });

  it('haze pulls everything towards a bright grey', () => {
    const hazed = spoil(step, 'haze', 1, 1);
    expect(mean(hazed)).toBeGreaterThan(mean(step) + 40);
    expect(variance(hazed)).toBeLessThan(variance(step) / 2);
  });

  it('stripes change one line in each period by the same amount', () => {
    const striped = spoil(flat, 'stripes', 0, 1);
    const changed = striped.data.filter((value) => value !== 100);
    expect(new Set(changed)).toEqual(new Set([65, 135].filter((value) => changed.includes(value))));
    const share = changed.length / striped.data.length;
    expect(share).toBeGreaterThan(1 / 12);
    expect(share).toBeLessThan(1 / 5);
  });

  it('missing data is black, over about the stated share', () => {
    const holed = spoil(flat, 'missing data', 1, 2);
    const share = holed.data.filter((value) => value === 0).length / holed.data.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.3);
  });

  it('exposure clips a stated share of the samples, whatever the image', () => {
    const ramp = (low: number, high: number) => values((col) => low + ((high - low) * col) / (width - 1));
    const share = (image: Rgb, clipped: number) =>
      image.data.filter((value) => value === clipped).length / image.data.length;
    for (const image of [ramp(0, 60), ramp(20, 250), ramp(80, 130)]) {
      expect(share(spoil(image, 'overexposure', 0, 1), 255)).toBeGreaterThan(0.25);
      expect(share(spoil(image, 'overexposure', 1, 1), 255)).toBeGreaterThan(0.55);
      const dark = spoil(image, 'underexposure', 1, 1);
      expect(share(dark, 0)).toBeGreaterThan(0.5);
      expect(share(dark, 0)).toBeLessThan(0.85);
      expect(Math.max(...dark.data)).toBeLessThan(40);
    }
  });
});
