import { halvesToFloats } from '../../gpu/half.ts';
import { assert } from '../../lib/errors.ts';
import type { ByteRange, LlmSpec, WeightSpec } from '../manifest/llm-manifest.ts';

/**
 * Makes `llm_f32.bin`, the external data of the plain f32 graph, from the 4-bit weights that the WebGPU graph uses.
 * Both backends therefore compute with the same numbers. On WebAssembly, MatMulNBits at one token is many times slower
 * than a plain f32 MatMul.
 *
 * `q4`: the bytes of llm_q4.bin, or a function from a weight file's path to its bytes. Returns a new buffer of
 * `llm.f32Bytes` bytes, laid out as `llm.weights[].f32` says.
 */
export function dequantiseLlm(
  llm: LlmSpec,
  q4: ArrayBuffer | ((file: string) => ArrayBuffer),
): Uint8Array<ArrayBuffer> {
  const bytesOf = (range: ByteRange) => (q4 instanceof ArrayBuffer ? q4 : q4(range.file ?? llm.weightFiles[0]!));
  const out = new Uint8Array(llm.f32Bytes);
  for (const weight of llm.weights) {
    assert(weight.f32.offset + weight.f32.bytes <= out.byteLength, `${weight.name} ends inside llm_f32.bin`);
    if (weight.kind === 'f32') {
      const { offset, bytes } = weight.source;
      out.set(new Uint8Array(bytesOf(weight.source), offset, bytes), weight.f32.offset);
    } else {
      const target = new Float32Array(out.buffer, weight.f32.offset, weight.n * weight.k);
      dequantiseMatrix(weight, bytesOf(weight.q), bytesOf(weight.scales), target);
    }
  }
  return out;
}

/**
 * MatMulNBits B → f32[K, N] row-major. B: uint8[N, K/block, block/2], low nibble first; scales f32[N, K/block];
 * value = (nibble − 8) · scale, the symmetric form without zero points.
 */
function dequantiseMatrix(
  weight: Extract<WeightSpec, { kind: 'q4' }>,
  q: ArrayBuffer,
  scaleFile: ArrayBuffer,
  out: Float32Array,
): void {
  const { n, k, block } = weight;
  const blocks = Math.ceil(k / block);
  const packed = new Uint8Array(q, weight.q.offset, weight.q.bytes);
  const scales = readFloats(scaleFile, weight.scales.offset, n * blocks);
  for (let row = 0; row < n; row++) {
    for (let b = 0; b < blocks; b++) {
      const scale = scales[row * blocks + b]!;
      const base = ((row * blocks + b) * block) / 2;
      const count = Math.min(block, k - b * block);
      let at = b * block * n + row;
      for (let i = 0; i < count; i += 2) {
        const byte = packed[base + (i >> 1)]!;
        out[at] = ((byte & 15) - 8) * scale;
        at += n;
        if (i + 1 < count) out[at] = ((byte >> 4) - 8) * scale;
        at += n;
      }
    }
  }
}

/** f32 values at any byte offset. Copies only if the offset isn't a multiple of 4. */
function readFloats(buffer: ArrayBuffer, offset: number, count: number): Float32Array {
  if (offset % 4 === 0) return new Float32Array(buffer, offset, count);
  return new Float32Array(buffer.slice(offset, offset + count * 4));
}

/** The token embedding table as f32[vocab, hidden], from `file` (the bytes of `llm.embed.file`). */
export function readEmbedding(llm: LlmSpec, file: ArrayBuffer): Float32Array {
  const { offset, dtype, shape } = llm.embed;
  const count = shape[0] * shape[1];
  if (dtype === 'f32') return readFloats(file, offset, count);
  const bits = offset % 2 === 0 ? new Uint16Array(file, offset, count) : new Uint16Array(file.slice(offset), 0, count);
  return halvesToFloats(bits);
}
