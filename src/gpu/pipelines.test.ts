import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BufferArena } from './buffers.ts';
import type { Gpu } from './device.ts';
import { attentionStep } from './kernels/attention.ts';
import { conv2dStep } from './kernels/conv2d.ts';
import { depthwiseStep } from './kernels/depthwise.ts';
import { layerNormStep } from './kernels/layer-norm.ts';
import { matmulStep } from './kernels/matmul.ts';
import { posEmbedStep } from './kernels/pos-embed.ts';
import { compileKernel, kernelHeader } from './pipelines.ts';
import type { Step } from './step.ts';
import { describeGpu } from './testing/gpu-suite.ts';

/** Every kernel in a form that the tower uses. A kernel without a line here fails the test below. */
const builds: Record<string, (gpu: Gpu, arena: BufferArena, buffer: (name: string) => GPUBuffer) => Promise<Step>> = {
  attention: (gpu, arena, buffer) =>
    attentionStep(gpu, arena, { qkv: buffer('qkv'), y: buffer('y'), tokens: 4, heads: 1, headDim: 64, scale: 1 }),
  conv2d: (gpu, arena, buffer) =>
    conv2dStep(gpu, arena, {
      x: buffer('x'),
      weight: arena.weights(new Float32Array(27 * 5), 27, 5, 'weight'),
      bias: arena.bias(new Float32Array(5), 'bias'),
      residual: buffer('residual'),
      y: buffer('y'),
      inHeight: 4,
      inWidth: 4,
      inChannels: 3,
      kernel: 3,
      stride: 1,
      pad: 1,
      activation: 'gelu',
    }),
  depthwise: (gpu, arena, buffer) =>
    depthwiseStep(gpu, arena, {
      x: buffer('x'),
      weight: arena.weights(new Float32Array(9 * 5), 9, 5, 'weight'),
      bias: arena.bias(new Float32Array(5), 'bias'),
      y: buffer('y'),
      inHeight: 4,
      inWidth: 4,
      kernel: 3,
      stride: 2,
      pad: 0,
      padAfter: 1,
      activation: 'relu6',
    }),
  'layer-norm': (gpu, arena, buffer) =>
    layerNormStep(gpu, arena, {
      x: buffer('x'),
      weight: buffer('weight'),
      bias: buffer('bias'),
      y: buffer('y'),
      rows: 2,
      cols: 8,
      eps: 1e-6,
    }),
  matmul: (gpu, arena, buffer) =>
    matmulStep(gpu, arena, {
      x: buffer('x'),
      weight: arena.weights(new Float32Array(15), 3, 5, 'weight'),
      bias: arena.bias(new Float32Array(5), 'bias'),
      residual: buffer('residual'),
      y: buffer('y'),
      rows: 4,
      activation: 'gelu',
    }),
  'pos-embed': (gpu, arena, buffer) =>
    posEmbedStep(gpu, arena, {
      x: buffer('x'),
      grid: buffer('grid'),
      y: buffer('y'),
      gridHeight: 2,
      gridWidth: 2,
      height: 3,
      width: 3,
      channels: 4,
    }),
};

it('puts the element type and constants before the kernel', () => {
  expect(kernelHeader(false, { TILE_M: 32, ON: true })).toBe(
    'alias Elem = f32;\nconst TILE_M = 32u;\nconst ON = true;\n',
  );
  expect(kernelHeader(true, {})).toBe('enable f16;\nalias Elem = f16;\n');
});

// Dawn's null device runs nothing but checks WGSL as a real one does, and has f16, which SwiftShader lacks. So the f16
// form of each kernel is known to be valid WGSL everywhere; its numbers are checked where a driver has f16.
await describeGpu(
  'kernels with f16 weights',
  (gpu) => {
    it('has f16 to check against', () => expect(gpu.f16).toBe(true));

    it('is checked for every kernel in shaders/', () => {
      const kernels = readdirSync(new URL('../../shaders', import.meta.url))
        .filter((name) => name.endsWith('.wgsl') && name !== 'activation.wgsl')
        .map((name) => name.replace('.wgsl', ''));
      expect(Object.keys(builds).sort()).toEqual(kernels.sort());
    });

    it.each(Object.keys(builds))('%s is valid WGSL and binds', async (name) => {
      const arena = new BufferArena(gpu);
      gpu.device.pushErrorScope('validation');
      await builds[name]!(gpu, arena, (label) => arena.floats(256, label));
      expect((await gpu.device.popErrorScope())?.message).toBeUndefined();
      arena.destroy();
    });

    it('reads weights as f16 in the matrix kernels', () => {
      for (const name of ['matmul', 'conv2d', 'depthwise']) {
        const text = readFileSync(new URL(`../../shaders/${name}.wgsl`, import.meta.url), 'utf8');
        expect(text).toContain('weight: array<vec4<Elem>>');
      }
    });

    it('compiles the same kernel once', () => {
      const source = '@compute @workgroup_size(1) fn main() {}';
      const first = compileKernel(gpu, 'empty', source, { A: 1 });
      expect(compileKernel(gpu, 'empty', source, { A: 1 })).toBe(first);
      expect(compileKernel(gpu, 'empty', source, { A: 2 })).not.toBe(first);
    });

    it("names a kernel that doesn't compile, with the compiler's words", async () => {
      const broken = compileKernel(gpu, 'broken', '@compute @workgroup_size(1) fn main() { nothing(); }', {});
      await expect(broken).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('nothing') });
    });
  },
  'null',
);
