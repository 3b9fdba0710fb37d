import { NadirError } from '../lib/errors.ts';
import type { Gpu } from './device.ts';
import { floatsToHalves, halvesToFloats } from './half.ts';

/** A matrix of weights on the device: Elem[inner, ceil(cols / 4) * 4], padded with zeros. */
export interface WeightMatrix {
  readonly buffer: GPUBuffer;
  readonly inner: number;
  readonly cols: number;
}

/** A bias on the device: f32[ceil(cols / 4) * 4], padded with zeros. */
export interface BiasVector {
  readonly buffer: GPUBuffer;
  readonly cols: number;
}

/** Owns the buffers made through it; `destroy` frees them all. */
export class BufferArena {
  readonly #gpu: Gpu;
  readonly #buffers: GPUBuffer[] = [];
  #sizeBytes = 0;

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** Device memory in use, in bytes. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** An empty f32 buffer that kernels can read and write and ONNX Runtime can use as a tensor. */
  floats(count: number, label: string): GPUBuffer {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    return this.#create({ label, size: count * 4, usage: STORAGE | COPY_SRC | COPY_DST });
  }

  /** `values` as a storage buffer. */
  upload(values: Float32Array, label: string): GPUBuffer {
    return this.#fill(values, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC, label);
  }

  /** Kernel dimensions as a uniform buffer: plain numbers as u32, `{ f32 }` as f32. */
  uniform(fields: readonly (number | { f32: number })[], label: string): GPUBuffer {
    const view = new DataView(new ArrayBuffer(Math.ceil(fields.length / 4) * 16));
    for (const [i, field] of fields.entries()) {
      if (typeof field === 'number') view.setUint32(i * 4, field, true);
      else view.setFloat32(i * 4, field.f32, true);
    }
    return this.#fill(new Uint8Array(view.buffer), GPUBufferUsage.UNIFORM, label);
  }

  /** Weights [inner, cols] row-major, as f32 or as f16 bits. Stored as f16 if the device supports it, else as f32. */
  weights(values: Float32Array | Uint16Array, inner: number, cols: number, label: string): WeightMatrix {
    const padded = padColumns(values, inner, cols);
    const isHalf = padded instanceof Uint16Array;
    const kept = this.#gpu.f16 ? (isHalf ? padded : floatsToHalves(padded)) : isHalf ? halvesToFloats(padded) : padded;
    return { buffer: this.#fill(kept, GPUBufferUsage.STORAGE, label), inner, cols };
  }

  /** A bias f32[cols]; stays f32 on every device. */
  bias(values: Float32Array, label: string): BiasVector {
    const padded = padColumns(values, 1, values.length);
    return { buffer: this.#fill(padded, GPUBufferUsage.STORAGE, label), cols: values.length };
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.length = 0;
    this.#sizeBytes = 0;
  }

  #fill(data: Float32Array | Uint16Array | Uint8Array, usage: number, label: string): GPUBuffer {
    const size = Math.ceil(data.byteLength / 4) * 4;
    const buffer = this.#create({ label, size, usage, mappedAtCreation: true });
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    buffer.unmap();
    return buffer;
  }

  #create(descriptor: GPUBufferDescriptor & { label: string }): GPUBuffer {
    const limit = this.#gpu.device.limits.maxStorageBufferBindingSize;
    if (descriptor.size > limit) {
      const message = `"${descriptor.label}" needs ${descriptor.size} bytes in one buffer; this adapter allows ${limit}. Use a smaller image.`;
      throw new NadirError('OUT_OF_MEMORY', message);
    }
    let buffer: GPUBuffer;
    try {
      buffer = this.#gpu.device.createBuffer(descriptor);
    } catch (cause) {
      const message = `The device has no memory for "${descriptor.label}" (${descriptor.size} bytes). Close other tabs, or use a smaller image.`;
      throw new NadirError('OUT_OF_MEMORY', message, { cause });
    }
    this.#buffers.push(buffer);
    this.#sizeBytes += descriptor.size;
    return buffer;
  }
}

/** Pads rows with zeros to a multiple of four: kernels load weights four columns at a time. */
function padColumns<T extends Float32Array | Uint16Array>(values: T, rows: number, cols: number): T {
  const wide = Math.ceil(cols / 4) * 4;
  if (wide === cols) return values;
  const out = (values instanceof Uint16Array ? new Uint16Array(rows * wide) : new Float32Array(rows * wide)) as T;
  for (let row = 0; row < rows; row++) out.set(values.subarray(row * cols, (row + 1) * cols), row * wide);
  return out;
}

/** Copies `count` f32 values of a COPY_SRC buffer back to the host. Waits for the queue. For tests and small results. */
export async function readFloats(device: GPUDevice, buffer: GPUBuffer, count: number): Promise<Float32Array> {
  const staging = device.createBuffer({ size: count * 4, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, count * 4);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    staging.destroy();
  }
}
