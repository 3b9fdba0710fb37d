import { createHash } from 'node:crypto';
import type { Window } from './read-image.ts';

/**
 * GDAL's result for a file: from oracle.py, or stored by --write-expected. JSON has no NaN, so numbers may be words.
 */
export interface Reference {
  /** Why GDAL can't open it. */
  error?: string;
  /** Why GDAL opens it but can't read its pixels. */
  pixelError?: string;
  width: number;
  height: number;
  count: number;
  /** numpy's name for the first band's type. */
  dtype?: string;
  alphaBand: number | null;
  bands?: number;
  windows: Window[];
  place: {
    geotransform: [number, number, number, number, number, number] | null;
    crs: string | null;
    gcps: number;
    fitted?: boolean;
    /** Corners clockwise from the origin, then the centre. */
    lonLat?: [number | string, number | string][] | null;
  };
  /** File with float32 samples, beside the index. */
  pixels?: string;
  /** Stored instead of the samples. */
  fingerprint?: Fingerprint;
}

/** A summary of samples: enough to check equality, and to measure the error of a lossy image. */
export interface Fingerprint {
  sha256: string;
  count: number;
  /** Every `step`-th sample; null = invalid. */
  step: number;
  some: (number | null)[];
}

const KEPT_SAMPLES = 48;

export function fingerprintOf(samples: Float32Array): Fingerprint {
  const step = Math.max(1, Math.floor(samples.length / KEPT_SAMPLES));
  const some: (number | null)[] = [];
  for (let i = 0; i < samples.length; i += step) some.push(Number.isNaN(samples[i]!) ? null : samples[i]!);
  return { sha256: hashOf(samples), count: samples.length, step, some };
}

/** Hashes values rather than bits: NaN has many bit patterns, and zero two. */
function hashOf(samples: Float32Array): string {
  const plain = samples.map((value) => (Number.isNaN(value) ? Number.NaN : value + 0));
  const bytes = new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
  const words = new Uint32Array(plain.buffer, plain.byteOffset, plain.length);
  for (let i = 0; i < plain.length; i++) if (Number.isNaN(plain[i]!)) words[i] = 0x7fc00000;
  return createHash('sha256').update(bytes).digest('hex');
}
