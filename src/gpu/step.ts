import { NadirError } from '../lib/errors.ts';
import type { BufferArena } from './buffers.ts';
import type { Gpu } from './device.ts';
import { compileKernel, type KernelConstants } from './pipelines.ts';

/** The minimum cost of a dispatch, for rooflines: multiply-adds count as two; every input and output is moved once. */
export interface Work {
  operations: number;
  bytes: number;
}

/** One dispatch that can be encoded any number of times. */
export interface Step {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly groups: readonly [number, number];
  readonly work: Work;
}

interface StepInit {
  name: string;
  source: string;
  constants: KernelConstants;
  /** Uniform fields in the kernel's order; binding 0. */
  dims: readonly (number | { f32: number })[];
  /** Bindings 1, 2, …. */
  buffers: readonly GPUBuffer[];
  groups: number;
  work: Work;
}

/** Compiles one kernel (or takes it from the cache) and binds its buffers. The dims buffer belongs to `arena`. */
export async function createStep(gpu: Gpu, arena: BufferArena, init: StepInit): Promise<Step> {
  const pipeline = await compileKernel(gpu, init.name, init.source, init.constants);
  const buffers = [arena.uniform(init.dims, `${init.name} dims`), ...init.buffers];
  const bindGroup = gpu.device.createBindGroup({
    label: init.name,
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const groups = splitGroups(init.groups, gpu.device.limits.maxComputeWorkgroupsPerDimension);
  return { name: init.name, pipeline, bindGroup, groups, work: init.work };
}

/** Records `steps` in order into one compute pass. */
export function encodeSteps(encoder: GPUCommandEncoder, steps: readonly Step[]): void {
  const pass = encoder.beginComputePass();
  for (const step of steps) {
    pass.setPipeline(step.pipeline);
    pass.setBindGroup(0, step.bindGroup);
    pass.dispatchWorkgroups(...step.groups);
  }
  pass.end();
}

/**
 * `count` workgroups as a grid x × y with no side above `limit` (usually 65,535). x · y may be slightly more than
 * `count`: kernels number their group x + y · groups.x and skip the rest. OUT_OF_MEMORY above limit².
 */
export function splitGroups(count: number, limit: number): [number, number] {
  if (count <= limit) return [count, 1];
  const y = Math.ceil(count / limit);
  if (y > limit) {
    throw new NadirError(
      'OUT_OF_MEMORY',
      `${count} workgroups are more than ${limit} × ${limit}. Use a smaller image.`,
    );
  }
  return [Math.ceil(count / y), y];
}
