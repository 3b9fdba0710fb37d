import { afterEach, describe, expect, it } from 'vitest';
import { describeAdapter, isSoftware, openGpu } from './device.ts';
import { openNodeGpu } from './testing/node-gpu.ts';

const noAdapter = { requestAdapter: async () => null } as unknown as GPU;

/** A fake adapter; records the arguments of `requestDevice`. */
function stubGpu(options: { features?: string[]; info?: Partial<GPUAdapterInfo>; refuse?: boolean } = {}) {
  const asked: GPUDeviceDescriptor[] = [];
  let lose: (info: GPUDeviceLostInfo) => void = () => {};
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    lose = resolve;
  });
  const device = { lost, destroy: () => lose({ reason: 'destroyed', message: '' } as GPUDeviceLostInfo) };
  const adapter = {
    info: { vendor: 'acme', architecture: 'rocket', subgroupMinSize: 32, ...options.info },
    features: new Set(options.features ?? []),
    limits: { maxBufferSize: 2 ** 30 },
    requestDevice: async (descriptor: GPUDeviceDescriptor) => {
      if (options.refuse) throw new TypeError('no');
      asked.push(descriptor);
      return device;
    },
  };
  return { gpu: { requestAdapter: async () => adapter } as unknown as GPU, asked, lose };
}

describe('describeAdapter', () => {
  it('says that there is no WebGPU instead of throwing', async () => {
    const description = await describeAdapter({ gpu: noAdapter });
    expect(description).toMatchObject({ available: false, software: false, f16: false });
    expect(description.label).toContain('no graphics adapter');
  });

  it('names a real adapter and its f16', async () => {
    const { gpu } = stubGpu({ features: ['shader-f16'] });
    expect(await describeAdapter({ gpu })).toEqual({
      available: true,
      software: false,
      label: 'acme rocket',
      f16: true,
    });
  });
});

describe('isSoftware', () => {
  it.each([
    { vendor: 'google', architecture: 'swiftshader' },
    { vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
    { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' },
    { vendor: 'acme', isFallbackAdapter: true },
  ])('knows $vendor $architecture $description', (info) => expect(isSoftware(info)).toBe(true));

  it.each([
    { vendor: 'nvidia', architecture: 'ampere' },
    { vendor: 'apple', architecture: 'metal-3' },
    { vendor: 'intel', architecture: 'gen-12lp', description: 'Intel(R) Iris(R) Xe Graphics' },
  ])('takes $vendor $architecture for a real GPU', (info) => expect(isSoftware(info)).toBe(false));
});

describe('openGpu', () => {
  it('requests f16 if the adapter has it, unless disabled', async () => {
    const { gpu, asked } = stubGpu({ features: ['shader-f16'] });
    expect((await openGpu({ gpu })).f16).toBe(true);
    expect((await openGpu({ gpu, f16: false })).f16).toBe(false);
    expect(asked.map((descriptor) => descriptor.requiredFeatures)).toEqual([['shader-f16'], []]);
    // Limits that the adapter doesn't list aren't requested.
    expect(asked[0]?.requiredLimits).toEqual({ maxBufferSize: 2 ** 30 });
  });

  it('leaves subgroups off if they are narrower than 8', async () => {
    const narrow = stubGpu({ features: ['subgroups'], info: { subgroupMinSize: 4 } });
    const wide = stubGpu({ features: ['subgroups'] });
    await openGpu({ gpu: narrow.gpu });
    await openGpu({ gpu: wide.gpu });
    expect(narrow.asked[0]?.requiredFeatures).toEqual([]);
    expect(wide.asked[0]?.requiredFeatures).toEqual(['subgroups']);
  });

  it('refuses with WEBGPU_UNAVAILABLE without an adapter or a device', async () => {
    const unavailable = expect.objectContaining({ code: 'WEBGPU_UNAVAILABLE' });
    await expect(openGpu({ gpu: noAdapter })).rejects.toEqual(unavailable);
    await expect(openGpu({ gpu: stubGpu({ refuse: true }).gpu })).rejects.toEqual(unavailable);
  });

  it('reports a lost device as DEVICE_LOST', async () => {
    const { gpu, lose } = stubGpu();
    const opened = await openGpu({ gpu });
    lose({ reason: 'unknown', message: 'the driver was reset' } as GPUDeviceLostInfo);
    const error = await opened.lost;
    expect(error.code).toBe('DEVICE_LOST');
    expect(error.message).toContain('the driver was reset');
  });

  it('keeps quiet when we destroy the device ourselves', async () => {
    const { gpu } = stubGpu();
    const opened = await openGpu({ gpu });
    opened.destroy();
    const quiet = new Promise((resolve) => setTimeout(() => resolve('quiet'), 20));
    expect(await Promise.race([opened.lost, quiet])).toBe('quiet');
  });
});

describe('a real device in Node', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  it('opens, or gives the reason', async ({ skip }) => {
    const opened = await openNodeGpu();
    if (typeof opened === 'string') {
      if (process.env.REQUIRE_WEBGPU === '1') expect.fail(opened);
      return skip(opened);
    }
    closers.push(opened.close);
    expect(opened.gpu.label).not.toBe('');
    // The driver's file tells a software adapter by another way than its name; "system" may be any.
    if (opened.driver.endsWith('.json')) {
      expect(opened.gpu.software).toBe(/swiftshader|lvp_icd|lavapipe/.test(opened.driver));
    }
    expect(opened.gpu.device.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(128 * 2 ** 20);
  });
});
