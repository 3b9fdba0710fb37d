import { BufferArena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { encodeSteps } from '../../gpu/step.ts';
import { assert, NadirError } from '../../lib/errors.ts';
import { Safetensors } from '../files/safetensors.ts';
import type { VisionSpec } from '../manifest/manifest.ts';
import { resolveStem, type Stem } from '../manifest/stem.ts';
import type { Tower, TowerOutput } from './tower.ts';
import { type DeviceWeights, planTower, type TowerPlan, uploadTowerWeights } from './tower-plan.ts';
import { findTowerWeights, tokensAlong } from './tower-weights.ts';

/**
 * Uploads the vision tower of `spec` (nadir.json "vision") to the device and compiles it for the model's own image
 * size. `weights` is the content of vision.safetensors; it is copied and can be freed afterwards. The caller keeps
 * ownership of the device. MODEL_MANIFEST_INVALID if the weights contradict the description, OUT_OF_MEMORY if the
 * device has no room.
 */
export async function createWgslTower(gpu: Gpu, spec: VisionSpec, weights: ArrayBuffer): Promise<Tower> {
  const found = findTowerWeights(spec, Safetensors.parse(weights));
  const arena = new BufferArena(gpu);
  try {
    const uploaded = await withinMemory(gpu, 'the vision weights', () => uploadTowerWeights(arena, found));
    const tower = new WgslTower(gpu, spec, arena, uploaded);
    await tower.prepare(spec.imageSize, spec.imageSize);
    return tower;
  } catch (thrown) {
    arena.destroy();
    throw thrown;
  }
}

/** Roughly one transformer block. */
const PART_STEPS = 8;

class WgslTower implements Tower {
  readonly #gpu: Gpu;
  readonly #spec: VisionSpec;
  readonly #stem: Stem;
  readonly #weightArena: BufferArena;
  readonly #weights: DeviceWeights;
  #activationArena: BufferArena | null = null;
  #plan: (TowerPlan & { size: string }) | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #lost: NadirError | null = null;
  #disposed = false;
  #dispatches = 0;

  constructor(gpu: Gpu, spec: VisionSpec, weightArena: BufferArena, weights: DeviceWeights) {
    this.#gpu = gpu;
    this.#spec = spec;
    this.#stem = resolveStem(spec, spec.bands);
    this.#weightArena = weightArena;
    this.#weights = weights;
    gpu.lost.then((error) => {
      this.#lost = error;
    });
  }

  get dispatches(): number {
    return this.#dispatches;
  }

  /** Makes buffers and kernels for an image size. Only those of the last size are kept. */
  async prepare(height: number, width: number): Promise<TowerPlan> {
    const size = `${height}×${width}`;
    if (this.#plan?.size === size) return this.#plan;
    const arena = new BufferArena(this.#gpu);
    try {
      const plan = await withinMemory(this.#gpu, `an image of ${size} pixels`, () =>
        planTower(this.#gpu, arena, this.#spec, this.#weights, height, width),
      );
      this.#activationArena?.destroy();
      this.#activationArena = arena;
      this.#plan = { ...plan, size };
      return plan;
    } catch (thrown) {
      arena.destroy();
      throw thrown;
    }
  }

  run(pixels: Float32Array, height: number, width: number, isStopped?: () => boolean): Promise<TowerOutput> {
    // Runs one at a time, because a new image size replaces the buffers.
    const result = this.#queue.then(() => this.#run(pixels, height, width, isStopped));
    this.#queue = result.catch(() => {});
    return result;
  }

  async #run(
    pixels: Float32Array,
    height: number,
    width: number,
    isStopped: (() => boolean) | undefined,
  ): Promise<TowerOutput> {
    if (this.#disposed) throw new NadirError('INTERNAL', 'The vision tower was used after dispose().');
    if (this.#lost) throw this.#lost;
    tokensAlong(this.#stem, height, 'height');
    tokensAlong(this.#stem, width, 'width');
    const expected = height * width * this.#spec.bands;
    assert(
      pixels.length === expected,
      `the tower got ${pixels.length} values for ${height}×${width} pixels, expected ${expected}`,
    );
    const plan = await this.prepare(height, width);
    if (this.#lost) throw this.#lost;
    const { device } = this.#gpu;
    device.queue.writeBuffer(plan.pixels, 0, pixels as Float32Array<ArrayBuffer>);
    const partSteps = isStopped ? PART_STEPS : plan.steps.length;
    for (let from = 0; from < plan.steps.length; from += partSteps) {
      if (isStopped?.()) throw new NadirError('ABORTED', 'Stopped on request.');
      const encoder = device.createCommandEncoder({ label: 'vision tower' });
      encodeSteps(encoder, plan.steps.slice(from, from + partSteps));
      device.queue.submit([encoder.finish()]);
      if (isStopped) await Promise.race([device.queue.onSubmittedWorkDone(), this.#gpu.lost]);
      if (this.#lost) throw this.#lost;
    }
    this.#dispatches = plan.steps.length;
    return plan.output;
  }

  dispose(): void {
    this.#disposed = true;
    this.#activationArena?.destroy();
    this.#weightArena.destroy();
    this.#activationArena = null;
    this.#plan = null;
  }
}

/**
 * Runs `allocate` and throws OUT_OF_MEMORY if the device has no room. `allocate` must make all its buffers before its
 * first await.
 */
async function withinMemory<T>(gpu: Gpu, what: string, allocate: () => T | Promise<T>): Promise<T> {
  gpu.device.pushErrorScope('out-of-memory');
  let result: T | Promise<T>;
  let popped: Promise<GPUError | null>;
  try {
    result = allocate();
  } finally {
    popped = gpu.device.popErrorScope();
  }
  const [value, error] = await Promise.all([result, popped]);
  if (error) {
    const message = `The graphics device has no memory left for ${what}. Close other tabs, or use the WebAssembly backend.`;
    throw new NadirError('OUT_OF_MEMORY', message, { details: { device: error.message } });
  }
  return value;
}
