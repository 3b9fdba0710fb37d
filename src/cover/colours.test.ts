import { describe, expect, it } from 'vitest';
import { coverColours, rgbOf } from './colours.ts';

const LABELS = ['water', 'trees', 'grass and low vegetation', 'bare soil', 'buildings', 'roads and pavement'];

/** How linear RGB is seen with each kind of colour vision (Machado, Oliveira and Fernandes 2009, severity 1). */
const VISION = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

/** CIE L*a*b* (D65) of an sRGB colour seen with a kind of vision. */
function labOf(hex: string, vision: readonly number[]): number[] {
  const linear = rgbOf(hex).map((value) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const [r = 0, g = 0, b = 0] = [0, 3, 6].map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        linear.reduce((sum, value, i) => sum + vision[row + i]! * value, 0),
      ),
    ),
  );
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe('coverColours', () => {
  it.each(Object.entries(VISION))('are told apart with %s', (_, vision) => {
    const labs = coverColours(LABELS).map((hex) => labOf(hex, vision));
    const apart = labs.flatMap((a, i) => labs.slice(i + 1).map((b) => Math.hypot(...a.map((v, k) => v - b[k]!))));
    // Neighbouring areas are told apart at a glance from some 20 on (ΔE*ab).
    expect(Math.min(...apart)).toBeGreaterThan(30);
  });

  it('are one for each class, also of names that it never heard of', () => {
    const odd = ['open water', 'wetland water', 'snow', 'rock'];
    expect(new Set(coverColours(odd)).size).toBe(odd.length);
    expect(coverColours(['water'])).toEqual([coverColours(LABELS)[0]]);
  });
});
