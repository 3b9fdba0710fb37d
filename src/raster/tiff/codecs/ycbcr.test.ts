import { describe, expect, it } from 'vitest';
import { spreadUnits, type YCbCr, yCbCrBytes, yCbCrToRgb } from './ycbcr.ts';

const plain: YCbCr = {
  sharedX: 2,
  sharedY: 2,
  luma: [0.299, 0.587, 0.114],
  reference: [0, 255, 128, 255, 128, 255],
};

describe('data units of shared chroma', () => {
  it('hold the luma of their pixels, row by row, then Cb and Cr, even past the edges', () => {
    // 3×1 pixels in two units of 2×2.
    const units = Uint8Array.of(1, 2, 91, 92, 100, 200, 3, 93, 94, 95, 101, 201);
    expect(yCbCrBytes(plain, 3, 1)).toBe(12);
    expect([...spreadUnits(units, plain, 3, 1)]).toEqual([1, 100, 200, 2, 100, 200, 3, 101, 201]);
  });

  it('are counted by whole units', () => {
    expect(yCbCrBytes({ ...plain, sharedX: 4, sharedY: 1 }, 9, 3)).toBe(3 * 3 * 6);
  });
});

describe('YCbCr to RGB', () => {
  const rgb = (pixel: number[], format: YCbCr) => {
    const samples = Uint8Array.from(pixel);
    yCbCrToRgb(samples, 3, format);
    return [...samples];
  };

  it('is ITU-R BT.601’s by default', () => {
    expect(rgb([100, 128, 128], plain)).toEqual([100, 100, 100]);
    // 100 + 1.402·50, 100 − 0.344136·(−20) − 0.714136·50, 100 + 1.772·(−20)
    expect(rgb([100, 108, 178], plain)).toEqual([170, 71, 65]);
  });

  it('follows the file’s coefficients', () => {
    // BT.709: 100 + 1.5748·50, 100 − 0.187324·(−20) − 0.468124·50, 100 + 1.8556·(−20)
    expect(rgb([100, 108, 178], { ...plain, luma: [0.2126, 0.7152, 0.0722] })).toEqual([179, 80, 63]);
  });

  it('follows the file’s codes for black and white', () => {
    const video = { ...plain, reference: [16, 235, 128, 240, 128, 240] };
    expect(rgb([16, 128, 128], video)).toEqual([0, 0, 0]);
    expect(rgb([235, 128, 128], video)).toEqual([255, 255, 255]);
  });
});
