import { halvesToFloats } from '../../gpu/half.ts';
import { NadirError } from '../../lib/errors.ts';

/**
 * Values of a tensor in file order (row-major): f32 values, or the bits of f16 values. A view into the file if
 * alignment allows.
 */
export type TensorData = Float32Array | Uint16Array;

export interface TensorEntry {
  readonly dtype: 'F16' | 'F32';
  readonly shape: readonly number[];
  readonly data: TensorData;
}

const dtypeBytes = { BF16: 2, F16: 2, F32: 4 } as const;
type Dtype = keyof typeof dtypeBytes;

/**
 * A safetensors file (https://github.com/huggingface/safetensors): u64 header length, JSON header, raw little-endian
 * data. The class keeps the buffer without copying it and returns views into it (bfloat16 as an f32 copy). Every fault
 * is MODEL_MANIFEST_INVALID.
 */
export class Safetensors {
  readonly #entries: Map<string, TensorEntry>;

  private constructor(entries: Map<string, TensorEntry>) {
    this.#entries = entries;
  }

  /** Reads and checks the whole header: types and shapes, and that every tensor lies within the file. */
  static parse(buffer: ArrayBuffer): Safetensors {
    const { header, dataStart } = readHeader(buffer);
    const entries = new Map<string, TensorEntry>();
    for (const [name, value] of Object.entries(header)) {
      if (name !== '__metadata__') entries.set(name, readEntry(buffer, dataStart, name, value));
    }
    return new Safetensors(entries);
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** The tensor `name`, of any shape. */
  entry(name: string): TensorEntry {
    return this.#entries.get(name) ?? fail(`has no tensor "${name}"`);
  }

  /** The tensor `name`, which must have exactly this shape. */
  tensor(name: string, shape: readonly number[]): TensorEntry {
    const entry = this.#entries.get(name);
    if (!entry) fail(`has no tensor "${name}" of shape [${shape}]`);
    if (entry.shape.length !== shape.length || entry.shape.some((size, i) => size !== shape[i])) {
      fail(`holds "${name}" with shape [${entry.shape}], expected [${shape}]`);
    }
    return entry;
  }
}

/** The values as f32: the same view for F32, a converted copy for F16. */
export function tensorFloats(entry: TensorEntry): Float32Array {
  return entry.data instanceof Float32Array ? entry.data : halvesToFloats(entry.data);
}

function readHeader(buffer: ArrayBuffer): { header: Record<string, unknown>; dataStart: number } {
  if (buffer.byteLength < 8) fail(`is ${buffer.byteLength} bytes long, too short for a header`);
  const length = new DataView(buffer).getBigUint64(0, true);
  if (length > BigInt(buffer.byteLength - 8))
    fail(`announces a header of ${length} bytes in ${buffer.byteLength} bytes`);
  const dataStart = 8 + Number(length);
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(buffer, 8, dataStart - 8));
    header = JSON.parse(text);
  } catch (cause) {
    fail('has a header that is not JSON', cause);
  }
  if (!isRecord(header)) fail('has a header that is not a JSON object');
  return { header, dataStart };
}

function readEntry(buffer: ArrayBuffer, dataStart: number, name: string, value: unknown): TensorEntry {
  if (!isRecord(value)) fail(`describes "${name}" by something that isn't an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) fail(`stores "${name}" as ${String(dtype)}; BF16, F16 and F32 are supported`);
  if (!isSizes(shape)) fail(`gives "${name}" no valid shape`);
  if (!isSizes(offsets) || offsets.length !== 2) fail(`gives "${name}" no valid data_offsets`);
  const [begin, end] = offsets as [number, number];
  const available = buffer.byteLength - dataStart;
  if (begin > end || end > available) fail(`places "${name}" at bytes ${begin} to ${end} of ${available}`);
  const count = shape.reduce((product, size) => product * size, 1);
  const bytes = count * dtypeBytes[dtype];
  if (end - begin !== bytes) fail(`gives "${name}" ${end - begin} bytes, its shape [${shape}] needs ${bytes}`);
  if (dtype === 'BF16') return { dtype: 'F32', shape, data: widened(buffer, dataStart + begin, count) };
  return { dtype, shape, data: view(buffer, dataStart + begin, count, dtype) };
}

/** bfloat16 is the upper half of an f32. */
function widened(buffer: ArrayBuffer, offset: number, count: number): Float32Array {
  const halves = new Uint16Array(buffer.slice(offset, offset + count * 2));
  return new Float32Array(Uint32Array.from(halves, (half) => half * 65_536).buffer);
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(dtypeBytes, value);
}

/** A view if the offset is aligned for its type, otherwise a copy. */
function view(buffer: ArrayBuffer, offset: number, count: number, dtype: 'F16' | 'F32'): TensorData {
  const bytes = dtypeBytes[dtype];
  const [source, at] = offset % bytes === 0 ? [buffer, offset] : [buffer.slice(offset, offset + count * bytes), 0];
  return dtype === 'F16' ? new Uint16Array(source, at, count) : new Float32Array(source, at, count);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

function fail(what: string, cause?: unknown): never {
  const message = `The weights file (safetensors) ${what}. The model folder is damaged or for another version: copy it again.`;
  throw new NadirError('MODEL_MANIFEST_INVALID', message, {
    details: { fault: what },
    ...(cause === undefined ? {} : { cause }),
  });
}
