import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { tensorPictures } from './tensor-picture.ts';

beforeAll(() => {
  vi.stubGlobal(
    'ImageData',
    class {
      readonly data: Uint8ClampedArray;
      constructor(width: number, height: number) {
        this.data = new Uint8ClampedArray(width * height * 4);
      }
    },
  );
});
afterAll(() => {
  vi.unstubAllGlobals();
});

it('shows the exact numbers: colours, and near infrared separately', () => {
  const tile = {
    width: 2,
    height: 1,
    validFraction: 1,
    valid: null,
    data: Float32Array.from([0, 0.5, 1, 0.2, 1, 0, 0, 0.6]),
  };
  const { colour, nir } = tensorPictures({ ...tile, hasNir: true });
  expect([...colour.data]).toEqual([0, 128, 255, 255, 255, 0, 0, 255]);
  expect([...nir!.data]).toEqual([51, 51, 51, 255, 153, 153, 153, 255]);
  expect(tensorPictures({ ...tile, hasNir: false }).nir).toBeNull();
});
