/** IEEE 754 half precision, for devices and runtimes without Float16Array. */

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The f32 value of an f16, given as its 16 bits; exact, including NaN and infinities. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the f16 nearest to the f32 `value`, ties to even; infinity above 65,504. */
export function floatToHalf(value: number): number {
  float[0] = value;
  const all = bits[0]!;
  const sign = (all >>> 16) & 0x8000;
  const rest = all & 0x7fffffff;
  if (rest >= 0x7f800000) return sign | (rest > 0x7f800000 ? 0x7e00 : 0x7c00);
  if (rest >= 0x477ff000) return sign | 0x7c00;
  if (rest < 0x38800000) {
    // Subnormal halves are multiples of 2^-24. Rounding may give the smallest normal, whose bits follow directly.
    const multiple = Math.abs(value) * 2 ** 24;
    const down = Math.floor(multiple);
    const beyond = multiple - down;
    return sign | (beyond > 0.5 || (beyond === 0.5 && down % 2 === 1) ? down + 1 : down);
  }
  const rebased = rest - 0x38000000;
  const odd = (rebased >>> 13) & 1;
  return sign | ((rebased + 0xfff + odd) >>> 13);
}

let table: Float32Array | null = null;

/** f16 bits to f32 values, through a lookup table because there are millions of weights. */
export function halvesToFloats(halves: Uint16Array): Float32Array<ArrayBuffer> {
  table ??= Float32Array.from({ length: 65_536 }, (_, half) => halfToFloat(half));
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = table[halves[i]!]!;
  return out;
}

/** f32 values to f16 bits. */
export function floatsToHalves(floats: Float32Array): Uint16Array {
  const out = new Uint16Array(floats.length);
  for (let i = 0; i < floats.length; i++) out[i] = floatToHalf(floats[i]!);
  return out;
}
