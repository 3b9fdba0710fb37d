import { describe, expect, it } from 'vitest';
import { inverseDct, type Span } from './idct.ts';

const ONES = new Int32Array(64).fill(1);

function transform(coefficients: ArrayLike<number>, across: Span, down: Span, table = ONES): number[] {
  const out = new Uint8ClampedArray(across * down);
  inverseDct(Int32Array.from(coefficients), table, across, down, out, 0, across);
  return [...out];
}

/** The definition (ITU-T T.81, A.3.3), evaluated at `across`×`down` places of the block. */
function byDefinition(coefficients: ArrayLike<number>, across: Span, down: Span): number[] {
  const cosine = (place: number, span: Span, frequency: number) =>
    (frequency === 0 ? Math.SQRT1_2 : 1) * Math.cos(((2 * place + 1) * frequency * Math.PI) / (2 * span));
  return Array.from({ length: across * down }, (_, i) => {
    const [row, col] = [Math.floor(i / across), i % across];
    let sum = 0;
    for (let v = 0; v < 8; v++) {
      for (let u = 0; u < 8; u++) {
        sum += (coefficients[v * 8 + u]! * cosine(row, down, v) * cosine(col, across, u)) / 4;
      }
    }
    return Math.min(255, Math.max(0, sum + 128));
  });
}

describe('the inverse cosine transform', () => {
  it.each<[Span, Span]>([
    [8, 8],
    [16, 8],
    [8, 16],
    [16, 16],
  ])('to %d×%d samples is its definition’s, to within rounding', (across, down) => {
    const coefficients = Array.from({ length: 64 }, (_, i) => Math.round(400 * Math.sin(i * i + 1) * 0.9 ** i));
    const exact = byDefinition(coefficients, across, down);
    const worst = transform(coefficients, across, down).reduce(
      (most, value, i) => Math.max(most, Math.abs(value - exact[i]!)),
      0,
    );
    expect(worst <= 0.6, `off by ${worst}`).toBe(true);
  });

  it('of a constant is flat, and clipped to the range of a byte', () => {
    const constant = (dc: number) => new Set(transform([dc, ...new Array(63).fill(0)], 16, 8));
    expect(constant(80)).toEqual(new Set([138]));
    expect(constant(2000)).toEqual(new Set([255]));
    expect(constant(-2000)).toEqual(new Set([0]));
  });

  it('takes coefficients times their quantisation', () => {
    const halves = Array.from({ length: 64 }, (_, i) => i - 20);
    const doubled = halves.map((value) => value * 2);
    expect(transform(halves, 8, 8, new Int32Array(64).fill(2))).toEqual(transform(doubled, 8, 8));
  });

  it('writes into the part of a larger picture that it is given', () => {
    const out = new Uint8ClampedArray(20 * 10).fill(7);
    inverseDct(new Int32Array(64), ONES, 8, 8, out, 20 + 2, 20);
    expect([out[20 + 1], out[20 + 2], out[20 * 8 + 9], out[20 * 8 + 10], out[20 * 9 + 2]]).toEqual([7, 128, 128, 7, 7]);
  });
});
