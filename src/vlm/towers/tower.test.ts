import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readFloats } from '../../gpu/buffers.ts';
import { golden } from '../../gpu/testing/goldens.ts';
import { describeGpu, expectClose } from '../../gpu/testing/gpu-suite.ts';
import { openNodeGpu } from '../../gpu/testing/node-gpu.ts';
import { Safetensors, tensorFloats } from '../files/safetensors.ts';
import { parseManifest, type VisionSpec } from '../manifest/manifest.ts';
import { resolveStem } from '../manifest/stem.ts';
import type { Features, Tower } from './tower.ts';
import { towerReference, towerTolerance } from './tower-reference.ts';
import { findTowerWeights } from './tower-weights.ts';
import { createWgslTower } from './wgsl-tower.ts';

/** The same shape as in fixtures/make_goldens.py. */
const tiny: VisionSpec = {
  imageSize: 32,
  bands: 3,
  stem: [
    { name: 'p1', k: 5, stride: 4, pad: 2, in: 3, out: 6, act: 'gelu_tanh', residual: false },
    { name: 'p2', k: 3, stride: 2, pad: 1, in: 6, out: 10, act: 'gelu_tanh', residual: false },
    { name: 'p2b', k: 3, stride: 1, pad: 1, in: 10, out: 10, act: 'gelu_tanh', residual: true },
    { name: 'p3', k: 2, stride: 2, pad: 0, in: 10, out: 12, act: null, residual: false },
  ],
  width: 12,
  depth: 2,
  heads: 3,
  mlp: 20,
  eps: 1e-6,
  grid: [2, 3],
};

const tinyWeights = fileBuffer('fixtures/tiny-tower.safetensors');
const tinyGoldens = Safetensors.parse(fileBuffer('fixtures/tiny-tower-goldens.safetensors'));
const tinySizes: ['own' | 'other', number, number][] = [
  ['own', 32, 48],
  ['other', 48, 80],
];

function fileBuffer(path: string): ArrayBuffer {
  return Uint8Array.from(readFileSync(new URL(path, import.meta.url))).buffer;
}

function tinyCase(name: string, height: number, width: number) {
  const value = (part: string, shape: number[]) => tensorFloats(tinyGoldens.tensor(`${name}.${part}`, shape));
  return {
    pixels: value('pixels', [height, width, 3]),
    tokens: value('tokens', [(height / 16) * (width / 16), 12]),
    fine: value('fine', [(height / 8) * (width / 8), 10]),
    /** PyTorch ran in f64. */
    tolerance: towerTolerance(tiny, height, width),
  };
}

async function readTower(device: GPUDevice, tower: Tower, pixels: Float32Array, height: number, width: number) {
  const { tokens, fine } = await tower.run(pixels, height, width);
  return {
    tokensDims: tokens.dims,
    fineDims: fine!.dims,
    tokens: await readFeatures(device, tokens),
    fine: await readFeatures(device, fine!),
  };
}

function readFeatures(device: GPUDevice, { buffer, dims }: Features): Promise<Float32Array> {
  return readFloats(device, buffer, dims[1] * dims[2]);
}

describe('tower reference', () => {
  it.each(tinySizes)('agrees with PyTorch at its %s grid (%i × %i pixels)', (name, height, width) => {
    const expected = tinyCase(name, height, width);
    const weights = findTowerWeights(tiny, Safetensors.parse(tinyWeights));
    const actual = towerReference(tiny, weights, expected.pixels, height, width);
    expectClose(actual.fine!, expected.fine, expected.tolerance.fine!);
    expectClose(actual.tokens!, expected.tokens, expected.tolerance.tokens!);
  });
});

describe('tower weights', () => {
  const tensors = Safetensors.parse(tinyWeights);
  const wrong: [string, Partial<VisionSpec>, string][] = [
    ['a width that no heads divide', { heads: 5 }, 'heads'],
    ['channels that do not follow on', { bands: 4 }, 'vision.stem[0].in'],
    ['more blocks than the file has', { depth: 3 }, 'blocks.2.norm1.weight'],
    ['another position grid', { grid: [3, 3] }, 'pos_embed'],
  ];
  it.each(wrong)('refuses %s', (_, change, words) => {
    expect(() => findTowerWeights({ ...tiny, ...change }, tensors)).toThrow(
      expect.objectContaining({ code: 'MODEL_MANIFEST_INVALID', message: expect.stringContaining(words) }),
    );
  });
});

await describeGpu('WGSL tower', (gpu) => {
  it('agrees with PyTorch on the same buffers when switching between its own grid and another', async () => {
    const tower = await createWgslTower(gpu, tiny, tinyWeights);
    expect(tower.dispatches).toBe(0);
    for (const [name, height, width] of [...tinySizes, ...tinySizes]) {
      const expected = tinyCase(name, height, width);
      const actual = await readTower(gpu.device, tower, expected.pixels, height, width);
      expect(actual.tokensDims).toEqual([1, (height / 16) * (width / 16), 12]);
      expect(actual.fineDims).toEqual([1, (height / 8) * (width / 8), 10]);
      expectClose(actual.fine!, expected.fine, expected.tolerance.fine!);
      expectClose(actual.tokens!, expected.tokens, expected.tolerance.tokens!);
      // Four convolutions, seven dispatches per block and the last norm. At another grid, positions cost one more.
      expect(tower.dispatches).toBe(4 + 7 * 2 + 1 + (name === 'other' ? 1 : 0));
    }
    tower.dispose();
  });

  it('gives the second image its own result when two run at once', async () => {
    const tower = await createWgslTower(gpu, tiny, tinyWeights);
    const [own, other] = tinySizes.map(([name, height, width]) => tinyCase(name, height, width));
    const first = tower.run(own!.pixels, 32, 48);
    const second = await tower.run(other!.pixels, 48, 80);
    expect((await first).tokens.dims[1]).toBe(6);
    expectClose(await readFeatures(gpu.device, second.tokens), other!.tokens, other!.tolerance.tokens!);
    tower.dispose();
  });

  it('gives the same result in parts, and stops between parts on request', async () => {
    const tower = await createWgslTower(gpu, tiny, tinyWeights);
    const { pixels, tokens, tolerance } = tinyCase('own', 32, 48);
    let asked = 0;
    const parts = await tower.run(pixels, 32, 48, () => ++asked > 99);
    expectClose(await readFeatures(gpu.device, parts.tokens), tokens, tolerance.tokens!);
    // 19 dispatches, eight per part.
    expect(asked).toBe(3);
    asked = 0;
    await expect(tower.run(pixels, 32, 48, () => ++asked > 1)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(asked).toBe(2);
    // A stopped run doesn't spoil the next one.
    expectClose((await readTower(gpu.device, tower, pixels, 32, 48)).tokens, tokens, tolerance.tokens!);
    tower.dispose();
  });

  it('refuses sizes that are not multiples of the patch, and a wrong number of values', async () => {
    const tower = await createWgslTower(gpu, tiny, tinyWeights);
    const invalid = expect.objectContaining({ code: 'INTERNAL' });
    await expect(tower.run(new Float32Array(40 * 48 * 3), 40, 48)).rejects.toEqual(invalid);
    await expect(tower.run(new Float32Array(0), 0, 48)).rejects.toEqual(invalid);
    await expect(tower.run(new Float32Array(7), 32, 48)).rejects.toEqual(invalid);
    // A refusal doesn't spoil the next run.
    const { pixels, tokens, tolerance } = tinyCase('own', 32, 48);
    expectClose((await readTower(gpu.device, tower, pixels, 32, 48)).tokens, tokens, tolerance.tokens!);
    tower.dispose();
  });

  it('reports a lost device, and use after dispose', async () => {
    const opened = await openNodeGpu();
    if (typeof opened === 'string') return expect.fail(opened);
    const tower = await createWgslTower(opened.gpu, tiny, tinyWeights);
    const { pixels } = tinyCase('own', 32, 48);
    // As if the driver had reset. openGpu's own destroy() would not count as a loss.
    opened.gpu.device.destroy();
    expect((await opened.gpu.lost).code).toBe('DEVICE_LOST');
    await expect(tower.run(pixels, 32, 48)).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    opened.close();

    const disposed = await createWgslTower(gpu, tiny, tinyWeights);
    disposed.dispose();
    await expect(disposed.run(pixels, 32, 48)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('refuses a truncated file', async () => {
    const cut = tinyWeights.slice(0, tinyWeights.byteLength - 1);
    await expect(createWgslTower(gpu, tiny, cut)).rejects.toMatchObject({ code: 'MODEL_MANIFEST_INVALID' });
  });

  it('gives PyTorch’s result for the embedded model on a generated tile', async () => {
    const model = '../../../public/models/nadir-s';
    const manifest: unknown = JSON.parse(readFileSync(new URL(`${model}/nadir.json`, import.meta.url), 'utf8'));
    const { vision: spec, bands } = parseManifest(manifest);
    const tower = await createWgslTower(gpu, spec, fileBuffer(`${model}/${spec.weights}`));
    const tile = golden('tile_u8').data;
    const pixels = tile.map((value, i) => (value / 255 - bands[i % 4]!.mean) / bands[i % 4]!.std);
    const actual = await readTower(gpu.device, tower, pixels, 256, 256);
    const rows = (values: Float32Array, width: number, picked: number[]) =>
      Float32Array.from(picked.flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]));
    // The golden is f32, too, with the same f16 weights. PyTorch's f32 differed from its f64 by 2e-4; 2.7e-3 is allowed
    // here.
    const tolerance = towerTolerance(spec, 256, 256);
    const fine = golden('fine_rows_0_500_1023').data;
    // The tolerance is for values of about one.
    const scale = Math.max(1, ...fine.map(Math.abs));
    const { atol, rtol } = tolerance.fine!;
    expectClose(rows(actual.fine, actual.fineDims[2], [0, 500, 1023]), fine, { atol: scale * atol, rtol });
    expectClose(rows(actual.tokens, spec.width, [0, 37, 255]), golden('tokens_rows_0_37_255').data, tolerance.tokens!);
    // One a layer, one for each sum of two grids, seven a block, and the last norm.
    const { nodes } = resolveStem(spec, spec.bands);
    const resized = nodes.filter(({ residual, cellPx }) => residual !== null && nodes[residual]?.cellPx !== cellPx);
    expect(tower.dispatches).toBe(nodes.length + resized.length + 7 * spec.depth + 1);
    tower.dispose();
  }, 180_000);
});
