import { expect, it } from 'vitest';
import { calibrate, sigmoid } from './calibrate.ts';

const scoreOf = ({ calibration: { slope, offset } }: ReturnType<typeof calibrate>, raw: number) =>
  sigmoid(slope * raw + offset);

const background = Array.from({ length: 100 }, (_, i) => (i - 50) / 250);

it('keeps the order and tells what lies apart', () => {
  const fitted = calibrate([0.9, 1, 1.1], background);
  expect(scoreOf(fitted, 1)).toBeGreaterThan(0.9);
  expect(scoreOf(fitted, 0)).toBeLessThan(0.1);
  expect(fitted.separation).toBe(1);
});

it('is less sure the less examples differ from the background', () => {
  const apart = calibrate([0.9, 1, 1.1], background);
  const close = calibrate([0.1, 0.15, 0.2], background);
  expect(close.calibration.slope * 0.1).toBeLessThan(apart.calibration.slope * 0.95);
  expect(close.separation).toBeLessThan(1);
  expect(close.calibration.slope).toBeGreaterThan(0);
});

it('takes a share of high peaks for objects that nobody marked', () => {
  const few = calibrate([0.9, 1, 1.1], background);
  const many = calibrate([0.9, 1, 1.1], [...background, ...Array.from({ length: 30 }, () => 1)]);
  expect(many.calibration.offset).toBeGreaterThan(few.calibration.offset);
  expect(scoreOf(many, 1)).toBeGreaterThan(0.9);
});

it('says nothing of how well a single example can be told apart', () => {
  expect(calibrate([], background).separation).toBeNull();
  expect(scoreOf(calibrate([], background), 0.6)).toBeLessThan(1);
});

it('stays finite where examples look like the background, or there is none', () => {
  for (const fitted of [calibrate([-1, -1], background), calibrate([1], []), calibrate([0, 0], [0, 0, 0])]) {
    expect(Number.isFinite(fitted.calibration.slope) && Number.isFinite(fitted.calibration.offset)).toBe(true);
    expect(fitted.calibration.slope).toBeGreaterThan(0);
  }
});
