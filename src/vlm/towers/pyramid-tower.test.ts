import { readFileSync } from 'node:fs';
import type { Tensor } from 'onnxruntime-common';
import { describe, expect, it } from 'vitest';
import { readFloats } from '../../gpu/buffers.ts';
import { compareFloats } from '../../gpu/testing/compare.ts';
import { describeGpu, expectClose } from '../../gpu/testing/gpu-suite.ts';
import { Safetensors, tensorFloats } from '../files/safetensors.ts';
import type { VisionSpec } from '../manifest/manifest.ts';
import { openNodeOrt } from '../testing/node-model.ts';
import { towerReference, towerTolerance } from './tower-reference.ts';
import { findTowerWeights } from './tower-weights.ts';
import { createWgslTower } from './wgsl-tower.ts';

/** A narrow tower of EfficientNet-Lite stages and ViT blocks; training/export/tests/make_fixture.py wrote it and PyTorch's outputs. */
const bytes = (name: string) =>
  Uint8Array.from(readFileSync(new URL(`fixtures/pyramid-tower/${name}`, import.meta.url)));
const spec = JSON.parse(new TextDecoder().decode(bytes('vision.json'))) as VisionSpec;
const weights = bytes('onnx/vision.safetensors').buffer;
const goldens = Safetensors.parse(bytes('goldens.safetensors').buffer);
const names = ['tokens', 'fine', 'finer', 'glance', 'deep'];
type Size = readonly [name: string, height: number, width: number];
const sizes: readonly [Size, Size] = [
  ['own', 64, 64],
  ['other', 96, 64],
];

function golden(size: string, name: string): { dims: number[]; values: Float32Array } {
  const entry = goldens.entry(`${size}.${name}`);
  return { dims: [1, ...entry.shape], values: tensorFloats(entry) };
}

/** The values reach 10, and the tolerance is for values of about one. */
function allowed(height: number, width: number): Record<string, { atol: number; rtol: number }> {
  const tolerance = towerTolerance(spec, height, width);
  return Object.fromEntries(
    Object.entries(tolerance).map(([name, { atol, rtol }]) => [name, { atol: 10 * atol, rtol }]),
  );
}

describe('a pyramid tower in plain loops', () => {
  const found = findTowerWeights(spec, Safetensors.parse(weights));
  const [own] = sizes;
  const compute = (changed: VisionSpec, size: Size = own) =>
    towerReference(changed, found, golden(size[0], 'pixels').values, size[1], size[2]);

  it.each(sizes)('agrees with PyTorch at its %s size', (...size) => {
    const out = compute(spec, size);
    expect(Object.keys(out).sort()).toEqual([...names].sort());
    for (const name of names) expectClose(out[name]!, golden(size[0], name).values, allowed(size[1], size[2])[name]!);
  });

  /** Nothing else would tell these apart: every shape stays the same. */
  const mistakes: [string, string, Record<string, unknown>][] = [
    ['the stem’s padding on the other side', 'lite.stem', { pad: 1, padAfter: 0 }],
    ['a 3 × 3 kernel’s padding on the other side', 'lite.stages.1.0.depthwise', { pad: 0, padAfter: 1 }],
    ['a 5 × 5 kernel’s padding on the other side', 'lite.stages.2.0.depthwise', { pad: 2, padAfter: 1 }],
    ['no ReLU6', 'lite.stages.3.1.depthwise', { act: null }],
    ['a residual left out', 'lite.stages.3.1.project', { residual: false }],
    ['no branch at stride 32', 'into16', { residual: false }],
  ];
  it.each(mistakes)('differs from PyTorch with %s', (_, at, change) => {
    const stem = spec.stem.map((layer) => (layer.name === at ? { ...layer, ...change } : layer));
    const { tokens } = compute({ ...spec, stem });
    const difference = compareFloats(tokens!, golden('own', 'tokens').values, allowed(64, 64).tokens!);
    expect(difference.worstShare).toBeGreaterThan(10);
  });
});

describe('a pyramid tower as a graph on WebAssembly', () => {
  it('agrees with PyTorch', async () => {
    const host = await openNodeOrt();
    const session = await host.create(bytes('onnx/vision.onnx'), {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      externalData: [{ path: 'vision.safetensors', data: bytes('onnx/vision.safetensors') }],
    });
    const { dims, values } = golden('own', 'pixels');
    const out = await host.run(session, { pixels: new host.ort.Tensor('float32', values, dims) });
    expect(Object.keys(out).sort()).toEqual([...names].sort());
    for (const name of names) {
      const wanted = golden('own', name);
      const tensor = out[name] as Tensor;
      expect(tensor.dims).toEqual(wanted.dims);
      expectClose(tensor.data as Float32Array, wanted.values, allowed(64, 64)[name]!);
    }
    await session.release();
  });
});

await describeGpu('a pyramid tower on the GPU', (gpu) => {
  it('agrees with PyTorch when switching between its own size and another', async () => {
    const tower = await createWgslTower(gpu, spec, weights);
    for (const [size, height, width] of [...sizes, ...sizes]) {
      const out = await tower.run(golden(size, 'pixels').values, height, width);
      expect(Object.keys(out).sort()).toEqual([...names].sort());
      for (const name of names) {
        const wanted = golden(size, name);
        const { buffer, dims } = out[name]!;
        expect(dims).toEqual(wanted.dims);
        const actual = await readFloats(gpu.device, buffer, wanted.values.length);
        expectClose(actual, wanted.values, allowed(height, width)[name]!);
      }
    }
    tower.dispose();
  });

  it('takes sides that are multiples of its largest cell, not only of its tokens', async () => {
    const tower = await createWgslTower(gpu, spec, weights);
    await expect(tower.run(new Float32Array(48 * 64 * 4), 48, 64)).rejects.toMatchObject({ code: 'INTERNAL' });
    tower.dispose();
  });
});
