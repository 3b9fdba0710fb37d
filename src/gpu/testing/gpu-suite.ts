import { afterAll, describe, expect, it } from 'vitest';
import { BufferArena, readFloats } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { floatsToHalves, halvesToFloats } from '../half.ts';
import { encodeSteps, type Step, splitGroups } from '../step.ts';
import { compareFloats, type Tolerance } from './compare.ts';
import { openNodeGpu } from './node-gpu.ts';

/**
 * A suite that needs a WebGPU device. Without one, its tests are skipped under a title that says why; with
 * REQUIRE_WEBGPU=1 they fail. With REQUIRE_F16=1 a device without shader-f16 fails, too. `backend: 'null'` gives
 * Dawn's null device, which computes nothing.
 */
export async function describeGpu(name: string, body: (gpu: Gpu) => void, backend?: 'null'): Promise<void> {
  const opened = await openNodeGpu(backend ? { backend } : {});
  if (typeof opened !== 'string') {
    describe(`${name} on ${opened.gpu.label}`, () => {
      afterAll(() => opened.close());
      if (process.env.REQUIRE_F16 === '1')
        it('has shader-f16, as REQUIRE_F16=1 asks', () => expect(opened.gpu.f16).toBe(true));
      body(opened.gpu);
    });
  } else if (process.env.REQUIRE_WEBGPU === '1') {
    describe(name, () => {
      it('finds WebGPU, as REQUIRE_WEBGPU=1 asks', () => expect.fail(opened));
    });
  } else {
    // Not every report shows a skipped suite's title.
    console.warn(`Skipped "${name}": ${opened}`);
    describe.skip(`${name} (skipped: ${opened})`, () => {
      it('runs', () => {});
    });
  }
}

/** Runs the step that `build` makes and returns its output of `count` values. Frees everything it created. */
export async function runKernel(
  gpu: Gpu,
  count: number,
  build: (arena: BufferArena, y: GPUBuffer) => Promise<Step>,
): Promise<Float32Array> {
  const arena = new BufferArena(gpu);
  gpu.device.pushErrorScope('validation');
  try {
    // Starts with NaN everywhere, so that a value that the kernel doesn't write is noticed.
    const y = arena.floats(count, 'y');
    gpu.device.queue.writeBuffer(y, 0, new Float32Array(count).fill(Number.NaN));
    const step = await build(arena, y);
    const encoder = gpu.device.createCommandEncoder();
    encodeSteps(encoder, [step]);
    gpu.device.queue.submit([encoder.finish()]);
    return await readFloats(gpu.device, y, count);
  } finally {
    const error = await gpu.device.popErrorScope();
    arena.destroy();
    if (error) expect.fail(error.message);
  }
}

/** The same dispatch as if a grid's side were limited to `limit` workgroups: tests a split grid quickly. */
export function limitGroups(step: Step, limit: number): Step {
  return { ...step, groups: splitGroups(step.groups[0] * step.groups[1], limit) };
}

/**
 * The values that a kernel multiplies by when it is given `weights`: f16 if the device stores them so. For references.
 */
export function weightsOn(gpu: Gpu, weights: Float32Array): Float32Array {
  return gpu.f16 ? halvesToFloats(floatsToHalves(weights)) : weights;
}

/** Checks that every value is within `tolerance` (NaN fails). The failure states the worst difference. */
export function expectClose(actual: Float32Array, expected: Float32Array, tolerance: Tolerance): void {
  const { wrong, worstAt: at, worstShare } = compareFloats(actual, expected, tolerance);
  const worst = `worst at ${at}: ${actual[at]} instead of ${expected[at]}, ${worstShare.toPrecision(3)} times what is allowed`;
  expect(wrong, `${wrong} of ${actual.length} values differ; ${worst}`).toBe(0);
}
