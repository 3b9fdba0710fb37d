import { expect, it } from 'vitest';
import { planResize } from './resize.ts';

it('centres a square of the longer side on the extent', () => {
  expect(planResize({ x: 10, y: 20, width: 300, height: 100 })).toEqual({ x: 10, y: -80, width: 300, height: 300 });
  expect(planResize({ x: 0, y: 0, width: 50, height: 80 })).toEqual({ x: -15, y: 0, width: 80, height: 80 });
  expect(planResize({ x: 1, y: 2, width: 64, height: 64 })).toEqual({ x: 1, y: 2, width: 64, height: 64 });
});
