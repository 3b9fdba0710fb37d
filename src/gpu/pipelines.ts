import { NadirError } from '../lib/errors.ts';
import type { Gpu } from './device.ts';

/** Compile-time constants of a kernel: numbers become `u32`, booleans `bool`. */
export type KernelConstants = Record<string, number | boolean>;

const caches = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

/**
 * The text before a kernel's source: the element type of weights, and the constants that size its tiles. WGSL doesn't
 * allow element types and register tiles as `override`s, so they are set here and the kernel itself stays plain WGSL.
 */
export function kernelHeader(f16: boolean, constants: KernelConstants): string {
  const lines = f16 ? ['enable f16;', 'alias Elem = f16;'] : ['alias Elem = f32;'];
  for (const [name, value] of Object.entries(constants)) {
    lines.push(typeof value === 'boolean' ? `const ${name} = ${value};` : `const ${name} = ${value}u;`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Compiles `source` (entry point `main`) after its header, without blocking. The same kernel with the same constants is
 * compiled once per device. INTERNAL with the compiler's message if the text is wrong, DEVICE_LOST if the device is
 * gone.
 */
export function compileKernel(
  gpu: Gpu,
  name: string,
  source: string,
  constants: KernelConstants,
): Promise<GPUComputePipeline> {
  let cache = caches.get(gpu.device);
  if (!cache) {
    cache = new Map();
    caches.set(gpu.device, cache);
  }
  const header = kernelHeader(gpu.f16, constants);
  const key = `${name}\n${header}`;
  let pipeline = cache.get(key);
  if (!pipeline) {
    pipeline = compile(gpu, name, header + source);
    cache.set(key, pipeline);
  }
  return pipeline;
}

async function compile(gpu: Gpu, name: string, code: string): Promise<GPUComputePipeline> {
  const module = gpu.device.createShaderModule({ label: name, code });
  try {
    return await gpu.device.createComputePipelineAsync({ label: name, layout: 'auto', compute: { module } });
  } catch (cause) {
    const { messages } = await module.getCompilationInfo();
    const details = messages.map((m) => `${m.lineNum}:${m.linePos} ${m.message}`);
    const message = `The kernel "${name}" doesn't compile on "${gpu.label}": ${details.join('; ') || String(cause)}`;
    throw new NadirError('INTERNAL', message, { cause });
  }
}
