import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RotatedBox } from '../../../geo/types.ts';
import { fitBox } from './fit-box.ts';

type Numbers = [cx: number, cy: number, w: number, h: number, theta: number];
interface Golden {
  size: number;
  grow: number;
  cases: { name: string; box: Numbers; bits: string; fitted: Numbers }[];
}

const file = new URL('../../../../e2e/fixtures/goldens/fit-box.json', import.meta.url);
const { size, grow, cases } = JSON.parse(readFileSync(file, 'utf8')) as Golden;
const boxOf = ([cx, cy, w, h, thetaDeg]: Numbers): RotatedBox => ({ cx, cy, w, h, thetaDeg });
const logitsOf = (bits: string) =>
  Float32Array.from({ length: size * size }, (_, i) =>
    (Number.parseInt(bits[i >> 2]!, 16) >> (3 - (i & 3))) & 1 ? 2 : -1,
  );

describe('fitBox', () => {
  it.each(cases.map((c) => [c.name, c] as const))('gives the same box as Python: %s', (_, want) => {
    const box = boxOf(want.box);
    const got = fitBox(box, logitsOf(want.bits), size, grow, 256);
    const expected = boxOf(want.fitted);
    for (const key of ['cx', 'cy', 'w', 'h'] as const) expect(Math.abs(got[key] - expected[key])).toBeLessThan(0.05);
    const turn = Math.abs(got.thetaDeg - expected.thetaDeg);
    expect(Math.min(turn, 180 - turn)).toBeLessThan(0.2);
    expect(got === box).toBe(want.fitted.join() === want.box.join());
  });

  it('has goldens of both kinds', () => {
    const kept = cases.filter((c) => c.fitted.join() === c.box.join()).length;
    expect(kept).toBeGreaterThan(2);
    expect(cases.length - kept).toBeGreaterThan(10);
  });

  const box: RotatedBox = { cx: 100, cy: 120, w: 64, h: 32, thetaDeg: 90 };
  const blank = () => new Float32Array(16).fill(-1);

  it('counts 0 and NaN as outside', () => {
    const logits = new Float32Array(256).fill(0);
    expect(fitBox(box, logits, 16, 1, 256)).toBe(box);
    expect(fitBox(box, logits.fill(Number.NaN), 16, 1, 256)).toBe(box);
    expect(fitBox({ ...box, w: Number.NaN }, logits.fill(1), 16, 1, 256)).toEqual({ ...box, w: Number.NaN });
    expect(fitBox({ ...box, w: 0 }, logits.fill(1), 16, 1, 256)).toEqual({ ...box, w: 0 });
  });

  it('puts u along w: a mask of the first three quarters of w, in a box that points down', () => {
    const logits = Float32Array.from({ length: 256 }, (_, i) => (i % 16 < 12 ? 1 : -1));
    const fitted = fitBox(box, logits, 16, 1, 256);
    // w runs down the screen, so the missing part is below.
    expect(fitted.cx).toBeCloseTo(100, 9);
    expect(fitted.cy).toBeCloseTo(120 - 8, 9);
    expect([fitted.w, fitted.h, fitted.thetaDeg]).toEqual([48, 32, 90].map((n) => expect.closeTo(n, 9)));
  });

  it('needs twenty samples', () => {
    expect(fitBox(box, blank().fill(1), 4, 1, 256)).toBe(box);
    expect(fitBox(box, new Float32Array(25).fill(1), 5, 1.25, 256)).toMatchObject({ w: expect.closeTo(80, 9) });
  });
});
