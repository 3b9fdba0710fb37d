import { readFileSync } from 'node:fs';
import { halvesToFloats } from '../half.ts';

/** The PyTorch goldens of e2e/fixtures/goldens, written by training/export/goldens.py. */
const folder = new URL('../../../e2e/fixtures/goldens/', import.meta.url);

interface ArrayEntry {
  file: string;
  dtype: 'float32' | 'float16' | 'uint8' | 'int32';
  shape: number[];
  offset: number;
  bytes: number;
}

interface GoldenIndex {
  kernels: Record<string, Record<string, number | string>>;
  arrays: Record<string, ArrayEntry>;
}

export interface Golden {
  shape: number[];
  /** Values as f32, whatever type the file stores. */
  data: Float32Array;
}

const index = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as GoldenIndex;

/** The array `name`, for instance "conv_a.x". */
export function golden(name: string): Golden {
  const entry = index.arrays[name];
  if (!entry) throw new RangeError(`No golden "${name}" in ${folder.pathname}index.json`);
  const bytes = readFileSync(new URL(entry.file, folder)).subarray(entry.offset, entry.offset + entry.bytes);
  const copy = Uint8Array.from(bytes);
  if (entry.dtype === 'uint8') return { shape: entry.shape, data: Float32Array.from(copy) };
  if (entry.dtype === 'int32') return { shape: entry.shape, data: Float32Array.from(new Int32Array(copy.buffer)) };
  if (entry.dtype === 'float16') return { shape: entry.shape, data: halvesToFloats(new Uint16Array(copy.buffer)) };
  return { shape: entry.shape, data: new Float32Array(copy.buffer) };
}

/** A number stored beside a kernel's goldens: `goldenNote('conv_a', 'stride')`. */
export function goldenNote(kernel: string, key: string): number {
  const value = index.kernels[kernel]?.[key];
  if (typeof value !== 'number') throw new RangeError(`No number "${key}" beside the goldens of "${kernel}"`);
  return value;
}
