import { NadirError } from '../../lib/errors.ts';
import type { BackendChoice, BackendInfo } from '../types.ts';

/** What the machine offers, from `describeAdapter()` and the browser. */
export interface Machine {
  adapter: { available: boolean; software: boolean; label: string; f16: boolean };
  crossOriginIsolated: boolean;
  hardwareConcurrency: number;
}

/** A model this small runs no faster with more threads. */
const mostThreads = 8;

/**
 * Chooses a backend and gives the reason in words. A real adapter → WebGPU. A software adapter, or none → WebAssembly,
 * which is many times faster than a software adapter. A forced choice is kept. Throws WEBGPU_UNAVAILABLE if WebGPU is
 * forced and missing.
 */
export function chooseBackend(choice: BackendChoice, machine: Machine): BackendInfo {
  const { adapter } = machine;
  if (choice === 'webgpu' && !adapter.available) {
    throw new NadirError(
      'WEBGPU_UNAVAILABLE',
      `WebGPU was asked for and can't be used. ${adapter.label} Choose the WebAssembly backend, or leave the choice to Nadir.`,
    );
  }
  if (choice === 'webgpu') return webGpu(machine, 'chosen by hand');
  if (choice === 'wasm') return wasm(machine, 'chosen by hand');
  if (!adapter.available) return wasm(machine, 'no WebGPU → WebAssembly');
  if (adapter.software) return wasm(machine, 'software adapter → WebAssembly');
  return webGpu(machine, 'chosen: real adapter');
}

/** The backend to use if `auto` chose WebGPU and WebGPU then failed. `why` is shown to the user. */
export function fallBack(machine: Machine, why: string): BackendInfo {
  return wasm(machine, `WebGPU failed → WebAssembly: ${why}`);
}

function webGpu({ adapter }: Machine, reason: string): BackendInfo {
  const parts = [adapter.label, adapter.f16 ? 'f16' : 'f32', ...(adapter.software ? ['software'] : [])];
  return {
    kind: 'webgpu',
    label: `WebGPU · ${parts.join(', ')}`,
    adapter: adapter.label,
    software: adapter.software,
    f16: adapter.f16,
    threads: 1,
    reason,
  };
}

function wasm(machine: Machine, why: string): BackendInfo {
  const threads = threadsFor(machine);
  const couldHaveMore = !machine.crossOriginIsolated && machine.hardwareConcurrency > 1;
  const reason = couldHaveMore ? `${why}; 1 thread, because the server doesn’t send COOP and COEP` : why;
  return {
    kind: 'wasm',
    label: `WebAssembly · ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    adapter: machine.adapter.available ? machine.adapter.label : null,
    software: machine.adapter.software,
    f16: false,
    threads,
    reason,
  };
}

/** Threads need SharedArrayBuffer, which browsers give only to cross-origin isolated pages. */
export function threadsFor(machine: Pick<Machine, 'crossOriginIsolated' | 'hardwareConcurrency'>): number {
  return machine.crossOriginIsolated ? Math.max(1, Math.min(mostThreads, machine.hardwareConcurrency)) : 1;
}
