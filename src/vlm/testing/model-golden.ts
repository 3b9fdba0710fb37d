import { readFileSync } from 'node:fs';
import { golden } from '../../gpu/testing/goldens.ts';
import type { BandTile } from '../../imagery/tiles.ts';

/** PyTorch's outputs for the embedded model on one generated tile (training/export/goldens.py). */
export interface ModelGolden {
  /** The dense head's proposals, before boxes are fitted to masks. */
  heads: {
    cls: number;
    score: number;
    cell: number;
    box: [cx: number, cy: number, w: number, h: number, theta: number];
  }[];
  /** The proposals that the prompt's pointers refer to. */
  proposals: ModelGolden['heads'];
  prompts: {
    question: string;
    ids: number[];
    /** Rows of the prompt, including the image. */
    length: number;
    /** The 20 largest logits after the prompt. */
    top: [id: number, logit: number][];
    answer: string;
    answerIds: number[];
  }[];
  /** The earlier image is the tile. The later image is the same tile half paved over. */
  change: {
    question: string;
    changed: number;
    answer: string;
    proposals: ModelGolden['proposals'];
  };
  refiner: { box: [cx: number, cy: number, w: number, h: number, theta: number]; cls: number };
}

const index = new URL('../../../e2e/fixtures/goldens/index.json', import.meta.url);

export const modelGolden = (JSON.parse(readFileSync(index, 'utf8')) as { model: ModelGolden }).model;

/** The tile that the goldens were computed on. Each call returns a fresh copy. */
export function goldenTile(): BandTile {
  const { data, shape } = golden('tile_u8');
  const [height, width] = shape as [number, number];
  return {
    width,
    height,
    bands: ['red', 'green', 'blue', 'nir'],
    validFraction: 1,
    valid: null,
    data: Float32Array.from(data, (v) => v / 255),
  };
}

/** The later image of `modelGolden.change`: the tile with a rectangle in one colour. */
export function pavedTile(): BandTile {
  const tile = goldenTile();
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, ...colour] = golden('paved_u8_box').data;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      for (let band = 0; band < 4; band++) tile.data[(y * tile.width + x) * 4 + band] = (colour[band] ?? 0) / 255;
    }
  }
  return tile;
}
