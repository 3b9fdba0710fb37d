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

const tile = {
  width: 2,
  height: 1,
  validFraction: 1,
  valid: null,
  bands: ['red', 'green', 'blue', 'nir'],
  data: Float32Array.from([0, 0.5, 1, 0.2, 1, 0, 0, 0.6]),
};

it('shows the exact numbers: colours, and near infrared separately', () => {
  const [colour, nir] = tensorPictures(tile);
  expect([colour?.label, nir?.label]).toEqual(['red, green, blue', 'near infrared']);
  expect([...colour!.image.data]).toEqual([0, 128, 255, 255, 255, 0, 0, 255]);
  expect([...nir!.image.data]).toEqual([51, 51, 51, 255, 153, 153, 153, 255]);
});

it('shows bands that are no colours by themselves', () => {
  const pictures = tensorPictures({ ...tile, bands: ['vv', 'green', 'swir1', 'vh'] });
  expect(pictures.map(({ label }) => label)).toEqual(['vv', 'green', 'swir1', 'vh']);
  expect([...pictures[2]!.image.data]).toEqual([255, 255, 255, 255, 0, 0, 0, 255]);
});
