import { describe, expect, it } from 'vitest';
import type { LlmSpec } from '../manifest/llm-manifest.ts';
import { dequantiseLlm, readEmbedding } from './dequantise.ts';

const sizes = { hidden: 2, layers: 1, heads: 1, kvHeads: 1, headDim: 2, maxPositions: 8 };

describe('dequantiseLlm', () => {
  // N = 2 outputs, K = 6 inputs, blocks of 4: the second block of each row is half used.
  const q4 = new ArrayBuffer(64);
  new Uint8Array(q4).set([0x98, 0x7a, 0x80, 0x00, 0x0f, 0x88, 0xf8, 0x00], 8);
  new Float32Array(q4, 16, 4).set([0.5, 2, -1, 4]);
  new Float32Array(q4, 32, 3).set([1.5, -2.5, 3.5]);
  const llm: LlmSpec = {
    ...sizes,
    vocab: 3,
    embed: { file: 'x', offset: 44, dtype: 'f16', shape: [3, 2] },
    graphs: { q4: 'q4.onnx', f32: 'f32.onnx' },
    loraGraphs: null,
    weightFiles: ['x'],
    baseModels: [],
    f32Bytes: 80,
    weights: [
      {
        name: 'w',
        kind: 'q4',
        n: 2,
        k: 6,
        block: 4,
        q: { offset: 8, bytes: 8 },
        scales: { offset: 16, bytes: 16 },
        f32: { offset: 16, bytes: 48 },
      },
      { name: 'b', kind: 'f32', source: { offset: 32, bytes: 12 }, f32: { offset: 64, bytes: 12 } },
    ],
  };

  it('gives (nibble − 8) · scale, low nibble first, transposed to [K, N]', () => {
    const out = dequantiseLlm(llm, q4);
    expect(out.byteLength).toBe(80);
    // Row 0: nibbles 8,9,a,7 | 0,8 with scales 0.5 | 2. Row 1: f,0,8,8 | 8,f with scales −1 | 4.
    const row0 = [0, 0.5, 1, -0.5, -16, 0];
    const row1 = [-7, 8, 0, 0, 0, 28];
    const expected = row0.flatMap((value, k) => [value, row1[k]!]);
    // −0 and 0 are the same weight.
    expect(Array.from(new Float32Array(out.buffer, 16, 12), (v) => v + 0)).toEqual(expected);
  });

  it('copies f32 tensors to their offsets and fills the gaps with 0', () => {
    const out = dequantiseLlm(llm, q4);
    expect(Array.from(new Float32Array(out.buffer, 64, 3))).toEqual([1.5, -2.5, 3.5]);
    expect(Array.from(new Float32Array(out.buffer, 0, 4))).toEqual([0, 0, 0, 0]);
  });

  it('reads the f16 embedding', () => {
    const copy = q4.slice(0);
    new Uint16Array(copy, 44, 6).set([0x3c00, 0xc000, 0x3555, 0, 0x7bff, 0x0001]);
    const embedding = readEmbedding(llm, copy);
    expect(Array.from(embedding)).toEqual([1, -2, Math.fround(0.333251953125), 0, 65504, 2 ** -24]);
  });
});
