import { describe, expect, it } from 'vitest';
import { Safetensors, tensorFloats } from './safetensors.ts';

/** A file of `header` (JSON unless it is a string) and `data`. `pad` spaces after the header shift the data's alignment. */
function file(header: unknown, data: Uint8Array<ArrayBuffer> = new Uint8Array(0), pad = 0): ArrayBuffer {
  const text = (typeof header === 'string' ? header : JSON.stringify(header)) + ' '.repeat(pad);
  const json = new TextEncoder().encode(text);
  const out = new Uint8Array(8 + json.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(data, 8 + json.length);
  return out.buffer;
}

const bytesOf = (values: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>) => new Uint8Array(values.buffer);
const invalid = (words: string) =>
  expect.objectContaining({ code: 'MODEL_MANIFEST_INVALID', message: expect.stringContaining(words) });

describe('Safetensors', () => {
  it.each([0, 1, 2, 3])('reads f32 and f16 tensors at any alignment (%i)', (pad) => {
    const data = new Uint8Array([
      ...bytesOf(new Float32Array([1.5, -2, 3])),
      ...bytesOf(new Uint16Array([0x3c00, 0xc000])),
    ]);
    const header = {
      __metadata__: { format: 'x' },
      a: { dtype: 'F32', shape: [3], data_offsets: [0, 12] },
      b: { dtype: 'F16', shape: [2, 1], data_offsets: [12, 16] },
    };
    const tensors = Safetensors.parse(file(header, data, pad));
    expect(tensors.names).toEqual(['a', 'b']);
    expect(tensorFloats(tensors.tensor('a', [3]))).toEqual(new Float32Array([1.5, -2, 3]));
    expect(tensors.tensor('b', [2, 1]).data).toEqual(new Uint16Array([0x3c00, 0xc000]));
    expect(tensorFloats(tensors.tensor('b', [2, 1]))).toEqual(new Float32Array([1, -2]));
  });

  it('reads scalars and empty tensors', () => {
    const header = {
      scalar: { dtype: 'F32', shape: [], data_offsets: [0, 4] },
      empty: { dtype: 'F16', shape: [0, 5], data_offsets: [4, 4] },
    };
    const tensors = Safetensors.parse(file(header, bytesOf(new Float32Array([7]))));
    expect(tensors.tensor('scalar', []).data).toEqual(new Float32Array([7]));
    expect(tensors.tensor('empty', [0, 5]).data).toHaveLength(0);
  });

  it('names a tensor that is missing or has the wrong shape', () => {
    const tensors = Safetensors.parse(
      file({ a: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] } }, new Uint8Array(8)),
    );
    expect(() => tensors.tensor('b', [2])).toThrow(invalid('no tensor "b"'));
    expect(() => tensors.tensor('a', [2, 1])).toThrow(invalid('[1,2], expected [2,1]'));
    expect(() => tensors.tensor('toString', [1])).toThrow(invalid('no tensor'));
  });

  it('refuses a file truncated at any byte', () => {
    const whole = file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, new Uint8Array(8));
    for (let length = 0; length < whole.byteLength; length++) {
      expect(() => Safetensors.parse(whole.slice(0, length)), `${length} bytes`).toThrow(invalid(''));
    }
  });

  const faults: [string, unknown, string][] = [
    ['a header that is not JSON', '{"a":', 'not JSON'],
    ['a header that is a list', [], 'not a JSON object'],
    ['an entry that is no object', { a: 3 }, "isn't an object"],
    ['an unknown type', { a: { dtype: 'I8', shape: [8], data_offsets: [0, 8] } }, 'I8'],
    ['a negative size', { a: { dtype: 'F32', shape: [-2], data_offsets: [0, 8] } }, 'no valid shape'],
    ['a fractional size', { a: { dtype: 'F32', shape: [0.5, 4], data_offsets: [0, 8] } }, 'no valid shape'],
    ['offsets in the wrong order', { a: { dtype: 'F32', shape: [2], data_offsets: [8, 0] } }, 'bytes 8 to 0'],
    ['offsets past the end', { a: { dtype: 'F32', shape: [2], data_offsets: [4, 12] } }, 'bytes 4 to 12'],
    ['three offsets', { a: { dtype: 'F32', shape: [2], data_offsets: [0, 4, 8] } }, 'data_offsets'],
    ['a shape that needs more bytes', { a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, 'needs 12'],
    ['an absurd shape', { a: { dtype: 'F32', shape: [1e15, 1e15], data_offsets: [0, 8] } }, 'needs'],
  ];
  it.each(faults)('refuses %s', (_, header, words) => {
    expect(() => Safetensors.parse(file(header, new Uint8Array(8)))).toThrow(invalid(words));
  });

  it('refuses a header longer than the file', () => {
    const buffer = file({}, new Uint8Array(8));
    new DataView(buffer).setBigUint64(0, 2n ** 63n, true);
    expect(() => Safetensors.parse(buffer)).toThrow(invalid('announces a header'));
  });
});
