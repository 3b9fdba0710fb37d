import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readFloats } from '../../gpu/buffers.ts';
import { describeGpu, expectClose } from '../../gpu/testing/gpu-suite.ts';
import { Safetensors, tensorFloats } from '../files/safetensors.ts';
import type { VisionSpec } from '../manifest/manifest.ts';
import { towerReference, towerTolerance } from './tower-reference.ts';
import { findTowerWeights } from './tower-weights.ts';
import { createWgslTower } from './wgsl-tower.ts';

/** A SigLIP tower as training/convert writes it: one patch convolution, and features read before the last norm. */
const bytes = (name: string) => Uint8Array.from(readFileSync(new URL(`fixtures/${name}`, import.meta.url))).buffer;
const spec = JSON.parse(new TextDecoder().decode(bytes('siglip-tower.json'))) as VisionSpec;
const weights = bytes('siglip-tower.safetensors');
const goldens = Safetensors.parse(bytes('siglip-tower-goldens.safetensors'));
const side = spec.imageSize;
const pixels = tensorFloats(goldens.tensor('pixels', [side, side, 3]));
const tokens = tensorFloats(goldens.tensor('tokens', [25, 24]));
const tolerance = towerTolerance(spec, side, side).tokens!;

describe('a converted SigLIP tower', () => {
  it('has no last norm', () => {
    expect(spec.finalNorm).toBe(false);
    expect(Safetensors.parse(weights).names).not.toContain('norm.weight');
  });

  it('agrees with PyTorch when computed in plain loops', () => {
    const found = findTowerWeights(spec, Safetensors.parse(weights));
    expectClose(towerReference(spec, found, pixels, side, side).tokens!, tokens, tolerance);
  });

  it('is refused if the manifest states a last norm', () => {
    expect(() => findTowerWeights({ ...spec, finalNorm: true }, Safetensors.parse(weights))).toThrow(
      expect.objectContaining({ code: 'MODEL_MANIFEST_INVALID', message: expect.stringContaining('norm.weight') }),
    );
  });
});

await describeGpu('a converted SigLIP tower on the GPU', (gpu) => {
  it('agrees with PyTorch', async () => {
    const tower = await createWgslTower(gpu, spec, weights);
    const out = await tower.run(pixels, side, side);
    expect(out.tokens.dims).toEqual([1, 25, 24]);
    expectClose(await readFloats(gpu.device, out.tokens.buffer, 25 * 24), tokens, tolerance);
    tower.dispose();
  });
});
