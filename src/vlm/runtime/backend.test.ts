import { describe, expect, it } from 'vitest';
import { chooseBackend, fallBack, type Machine } from './backend.ts';

const real = { available: true, software: false, label: 'nvidia ampere', f16: true };
const software = { available: true, software: true, label: 'google swiftshader', f16: false };
const none = { available: false, software: false, label: 'This browser has no WebGPU.', f16: false };
const machine = (adapter: Machine['adapter'], rest: Partial<Machine> = {}): Machine => ({
  adapter,
  crossOriginIsolated: true,
  hardwareConcurrency: 4,
  ...rest,
});

describe('chooseBackend', () => {
  it('chooses WebGPU for a real adapter', () => {
    expect(chooseBackend('auto', machine(real))).toEqual({
      kind: 'webgpu',
      label: 'WebGPU · nvidia ampere, f16',
      adapter: 'nvidia ampere',
      software: false,
      f16: true,
      threads: 1,
      reason: 'chosen: real adapter',
    });
  });

  it('prefers WebAssembly to a software adapter', () => {
    expect(chooseBackend('auto', machine(software))).toMatchObject({
      kind: 'wasm',
      label: 'WebAssembly · 4 threads',
      software: true,
      reason: 'software adapter → WebAssembly',
    });
  });

  it('falls back to WebAssembly without WebGPU', () => {
    expect(chooseBackend('auto', machine(none))).toMatchObject({
      kind: 'wasm',
      adapter: null,
      reason: 'no WebGPU → WebAssembly',
    });
  });

  it('keeps a forced choice', () => {
    expect(chooseBackend('webgpu', machine(software))).toMatchObject({
      kind: 'webgpu',
      reason: 'chosen by hand',
      software: true,
    });
    expect(chooseBackend('wasm', machine(real))).toMatchObject({ kind: 'wasm', reason: 'chosen by hand' });
  });

  it('explains the error if WebGPU is forced and missing', () => {
    expect(() => chooseBackend('webgpu', machine(none))).toThrow(
      expect.objectContaining({
        code: 'WEBGPU_UNAVAILABLE',
        message: expect.stringContaining('This browser has no WebGPU.'),
      }),
    );
  });

  it('says why it fell back from WebGPU', () => {
    expect(fallBack(machine(real), 'The driver refused.')).toMatchObject({
      kind: 'wasm',
      adapter: 'nvidia ampere',
      reason: 'WebGPU failed → WebAssembly: The driver refused.',
    });
  });

  it('uses one thread if the page is not isolated, and never more than eight', () => {
    expect(chooseBackend('wasm', machine(none, { crossOriginIsolated: false }))).toMatchObject({
      threads: 1,
      label: 'WebAssembly · 1 thread',
      reason: 'chosen by hand; 1 thread, because the server doesn’t send COOP and COEP',
    });
    const single = machine(none, { crossOriginIsolated: false, hardwareConcurrency: 1 });
    expect(chooseBackend('wasm', single).reason).toBe('chosen by hand');
    expect(chooseBackend('wasm', machine(none, { hardwareConcurrency: 64 })).threads).toBe(8);
  });
});
