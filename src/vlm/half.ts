/** IEEE 754 binary16 → f32 for each of `bits`. Exact; subnormals, infinities and NaN included. */
export function halvesToFloats(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const table = halfTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]!]!;
  return out;
}

let cached: Float32Array | null = null;

/** All 65,536 values: one look-up a number is several times faster than the arithmetic. */
function halfTable(): Float32Array {
  if (cached) return cached;
  const table = new Float32Array(65_536);
  for (let h = 0; h < 65_536; h++) {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >> 10) & 31;
    const fraction = h & 1023;
    if (exponent === 0) table[h] = sign * fraction * 2 ** -24;
    else if (exponent === 31) table[h] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else table[h] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  cached = table;
  return table;
}
