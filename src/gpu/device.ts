import { NadirError } from '../lib/errors.ts';

/** What the adapter can do, known without opening a device. `label` is shown to the user. */
export interface AdapterDescription {
  available: boolean;
  /** True for a CPU implementation (SwiftShader, llvmpipe, WARP): right numbers, useless speed. */
  software: boolean;
  label: string;
  f16: boolean;
}

/** One open device. Our kernels and ONNX Runtime share it; whoever opened it calls `destroy`. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly adapterInfo: GPUAdapterInfo;
  /** "nvidia ampere", "google swiftshader": for the status line and for logs. */
  readonly label: string;
  readonly software: boolean;
  /** The device has `shader-f16`: weights are kept as f16. */
  readonly f16: boolean;
  /** Resolves with DEVICE_LOST when the device goes away by itself; stays pending after `destroy()`. */
  readonly lost: Promise<NadirError>;
  /** Destroys the device and every buffer on it. */
  destroy(): void;
}

export interface OpenGpuOptions {
  /** Where WebGPU comes from; `navigator.gpu` unless told (tests in Node bring their own). */
  gpu?: GPU;
  /** false keeps weights in f32 even where the adapter has f16. */
  f16?: boolean;
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b|software|fallback/i;

/** Limits that large images and ONNX Runtime's kernels want raised to whatever the adapter has. */
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
 * Says whether WebGPU is there and whether it is a real GPU. Never throws; no device is opened.
 * `available: false` comes with a label that says why.
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
 * Opens a device with the adapter's full buffer and workgroup limits, and `shader-f16` where it exists.
 * Throws WEBGPU_UNAVAILABLE where the browser has no WebGPU, offers no adapter, or refuses a device.
 */
export async function openGpu(options: OpenGpuOptions = {}): Promise<Gpu> {
  const adapter = await requestAdapter(options);
  const f16 = adapter.features.has('shader-f16') && options.f16 !== false;
  const requiredLimits: Record<string, number> = {};
  for (const name of raisedLimits) {
    // Asking for a limit that an older browser doesn't know would refuse the device.
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

/** SwiftShader, llvmpipe and their like. `isFallbackAdapter` alone isn't enough: older browsers don't set it. */
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
    throw new NadirError('WEBGPU_UNAVAILABLE', 'Asking for a graphics adapter failed.', { cause });
  }
  if (!adapter) {
    const message =
      'WebGPU is there but offers no graphics adapter. Update the driver, or use the WebAssembly backend.';
    throw new NadirError('WEBGPU_UNAVAILABLE', message);
  }
  return adapter;
}

function featuresToAsk(adapter: GPUAdapter, f16: boolean): GPUFeatureName[] {
  const features: GPUFeatureName[] = [];
  if (f16) features.push('shader-f16');
  // ONNX Runtime's attention silently gives wrong numbers with subgroups smaller than 8 (1.30, SwiftShader has 4),
  // so the feature is left off there.
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
