import { NadirError } from '../lib/errors.ts';

/** The adapter's abilities, known without opening a device. `label` is shown to the user. */
export interface AdapterDescription {
  available: boolean;
  /** True for a CPU implementation (SwiftShader, llvmpipe, WARP): correct results, but far too slow. */
  software: boolean;
  label: string;
  f16: boolean;
}

/** An open device, shared by our kernels and ONNX Runtime. Whoever opened it calls `destroy`. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly adapterInfo: GPUAdapterInfo;
  /** E.g. "nvidia ampere", "google swiftshader"; for the status line and logs. */
  readonly label: string;
  readonly software: boolean;
  /** The device has `shader-f16`, so weights are stored as f16. */
  readonly f16: boolean;
  /** Resolves with DEVICE_LOST if the device is lost on its own; stays pending after `destroy()`. */
  readonly lost: Promise<NadirError>;
  /** Destroys the device and every buffer on it. */
  destroy(): void;
}

export interface OpenGpuOptions {
  /** Where WebGPU comes from. Default: `navigator.gpu`. Tests in Node provide their own. */
  gpu?: GPU;
  /** false stores weights as f32 even if the adapter supports f16. */
  f16?: boolean;
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b|software|fallback/i;

/** Limits that large images and ONNX Runtime's kernels need raised to the adapter's maximum. */
const raisedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

/**
 * Reports whether WebGPU is available and whether it is a real GPU. Never throws, and opens no device. If `available`
 * is false, the label says why.
 */
export async function describeAdapter(options: OpenGpuOptions = {}): Promise<AdapterDescription> {
  try {
    const { info, features } = await requestAdapter(options);
    return {
      available: true,
      software: isSoftware(info),
      label: labelOf(info),
      f16: features.has('shader-f16') && options.f16 !== false,
    };
  } catch (thrown) {
    return { available: false, software: false, label: NadirError.from(thrown).message, f16: false };
  }
}

/**
 * Opens a device with the adapter's maximum buffer and workgroup limits, and with `shader-f16` if it exists. Throws
 * WEBGPU_UNAVAILABLE if the browser has no WebGPU, offers no adapter, or refuses a device.
 */
export async function openGpu(options: OpenGpuOptions = {}): Promise<Gpu> {
  const adapter = await requestAdapter(options);
  const f16 = adapter.features.has('shader-f16') && options.f16 !== false;
  const requiredLimits: Record<string, number> = {};
  for (const name of raisedLimits) {
    // An older browser would refuse the device because of a limit that it doesn't know.
    const value = adapter.limits[name] as number | undefined;
    if (value !== undefined) requiredLimits[name] = value;
  }
  const label = labelOf(adapter.info);

  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ requiredFeatures: featuresToAsk(adapter, f16), requiredLimits });
  } catch (cause) {
    const message = `The adapter "${label}" refused a device. Update the graphics driver, or use the WebAssembly backend.`;
    throw new NadirError('WEBGPU_UNAVAILABLE', message, { cause });
  }

  let closing = false;
  const lost = new Promise<NadirError>((resolve) => {
    device.lost.then((info) => {
      if (!closing) resolve(deviceLost(label, info));
    });
  });
  return {
    device,
    adapterInfo: adapter.info,
    label,
    software: isSoftware(adapter.info),
    f16,
    lost,
    destroy() {
      closing = true;
      device.destroy();
    },
  };
}

/** SwiftShader, llvmpipe and the like. `isFallbackAdapter` isn't enough, because older browsers don't set it. */
export function isSoftware(info: Partial<GPUAdapterInfo>): boolean {
  const names = [info.vendor, info.architecture, info.device, info.description].join(' ');
  return info.isFallbackAdapter === true || softwareNames.test(names);
}

async function requestAdapter(options: OpenGpuOptions): Promise<GPUAdapter> {
  const gpu = options.gpu ?? (typeof navigator === 'undefined' ? undefined : navigator.gpu);
  if (!gpu) {
    const message =
      'This browser has no WebGPU. Use a current Chrome, Edge, Firefox or Safari over https or localhost, or the WebAssembly backend.';
    throw new NadirError('WEBGPU_UNAVAILABLE', message);
  }
  let adapter: GPUAdapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (cause) {
    throw new NadirError('WEBGPU_UNAVAILABLE', 'Requesting a graphics adapter failed.', { cause });
  }
  if (!adapter) {
    const message =
      'WebGPU is available but offers no graphics adapter. Update the driver, or use the WebAssembly backend.';
    throw new NadirError('WEBGPU_UNAVAILABLE', message);
  }
  return adapter;
}

function featuresToAsk(adapter: GPUAdapter, f16: boolean): GPUFeatureName[] {
  const features: GPUFeatureName[] = [];
  if (f16) features.push('shader-f16');
  // ONNX Runtime's attention silently gives wrong numbers with subgroups smaller than 8 (1.30; SwiftShader has 4), so
  // the feature stays off there.
  if (adapter.features.has('subgroups') && adapter.info.subgroupMinSize >= 8) features.push('subgroups');
  return features;
}

function labelOf(info: GPUAdapterInfo): string {
  const named = [info.vendor, info.architecture].filter(Boolean).join(' ');
  return named || info.description || info.device || 'unnamed adapter';
}

function deviceLost(label: string, info: GPUDeviceLostInfo): NadirError {
  const why = info.message ? ` (${info.message})` : '';
  const message = `The graphics device "${label}" was lost${why}. Load the model again; if it happens again, use the WebAssembly backend.`;
  return new NadirError('DEVICE_LOST', message, { details: { reason: info.reason } });
}
