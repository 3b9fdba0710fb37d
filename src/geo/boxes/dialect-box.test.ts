import { describe, expect, it } from 'vitest';
import { formatDialectBox, fromDialectNumbers, toDialectNumbers } from './dialect-box.ts';

describe('Nadir dialect numbers', () => {
  it('are integers of a thousandth of the tile, h before w in the text', () => {
    const numbers = toDialectNumbers({ cx: 128, cy: 64, w: 25.6, h: 12.8, thetaDeg: 15.4 }, 256);
    expect(numbers).toEqual({ x: 500, y: 250, h: 50, w: 100, theta: 15 });
    expect(formatDialectBox(numbers)).toBe('{x:500,y:250,h:50,w:100,θ:15}');
  });

  it('wrap 179.6° to 0 and clamp to the tile', () => {
    const numbers = toDialectNumbers({ cx: -3, cy: 300, w: 600, h: 10, thetaDeg: 179.6 }, 256);
    expect(numbers).toMatchObject({ x: 0, y: 1000, w: 1000, theta: 0 });
  });

  it('round-trip within half a step', () => {
    const box = { cx: 100.3, cy: 33.7, w: 40.1, h: 18.9, thetaDeg: 121.2 };
    const again = fromDialectNumbers(toDialectNumbers(box, 256), 256);
    for (const key of ['cx', 'cy', 'w', 'h'] as const) {
      expect(Math.abs(again[key] - box[key])).toBeLessThanOrEqual(256 / 2000);
    }
    expect(Math.abs(again.thetaDeg - box.thetaDeg)).toBeLessThanOrEqual(0.5);
  });
});
