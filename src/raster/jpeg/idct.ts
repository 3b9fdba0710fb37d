/**
 * JPEG's inverse discrete cosine transform, to 8 or 16 samples along each axis. 16 upsamples a component whose samples
 * are shared by two pixels, as the Independent JPEG Group's libjpeg does since version 7. The fixed-point arithmetic is
 * libjpeg's ("islow"), so samples are equal bit for bit: sums of 13-bit constants, rounded to two fractional bits
 * between the passes.
 */

/** Output samples per block along one axis. */
export type Span = 8 | 16;

/**
 * √2·cos((2n + 1)·u·π / 2N)·2^13 for output n (rows, first half only) and frequency u (columns); 2^13 for u = 0. Some
 * values are one off the nearest integer because they are sums of libjpeg's rounded constants. The second half mirrors
 * the first, with odd frequencies negated.
 */
const COSINES: Record<Span, Int32Array> = {
  8: Int32Array.of(
    ...[8192, 11363, 10703, 9633, 8192, 6437, 4433, 2260],
    ...[8192, 9633, 4433, -2259, -8192, -11362, -10704, -6436],
    ...[8192, 6437, -4433, -11362, -8192, 2261, 10704, 9633],
    ...[8192, 2260, -10703, -6436, 8192, 9633, -4433, -11363],
  ),
  16: Int32Array.of(
    ...[8192, 11529, 11363, 11086, 10703, 10217, 9632, 8956],
    ...[8192, 11086, 9633, 7350, 4433, 1136, -2260, -5461],
    ...[8192, 10217, 6437, 1136, -4433, -8955, -11363, -11086],
    ...[8192, 8956, 2260, -5461, -10703, -11086, -6436, 1137],
    ...[8192, 7350, -2260, -10217, -10703, -3363, 6436, 11529],
    ...[8192, 5461, -6437, -11529, -4433, 7349, 11363, 3363],
    ...[8192, 3363, -9633, -8955, 4433, 11529, 2260, -10217],
    ...[8192, 1136, -11363, -3363, 10703, 5461, -9632, -7350],
  ),
};

/** Intermediate result between the passes: [up to 16 rows, 8]. */
const work = new Int32Array(16 * 8);

/**
 * Transforms one block: `coefficients` and `quantisation` i32[8, 8] in natural order (row = vertical frequency) →
 * `down`×`across` samples 0–255 in `out`, starting at `at`, rows `stride` apart.
 */
export function inverseDct(
  coefficients: Int32Array,
  quantisation: Int32Array,
  across: Span,
  down: Span,
  out: Uint8ClampedArray,
  at: number,
  stride: number,
): void {
  for (let u = 0; u < 8; u++) columnPass(coefficients, quantisation, u, down);
  for (let row = 0; row < down; row++) rowPass(row * 8, across, out, at + row * stride);
}

function columnPass(coefficients: Int32Array, quantisation: Int32Array, u: number, span: Span): void {
  const x0 = coefficients[u]! * quantisation[u]!;
  const x1 = coefficients[u + 8]! * quantisation[u + 8]!;
  const x2 = coefficients[u + 16]! * quantisation[u + 16]!;
  const x3 = coefficients[u + 24]! * quantisation[u + 24]!;
  const x4 = coefficients[u + 32]! * quantisation[u + 32]!;
  const x5 = coefficients[u + 40]! * quantisation[u + 40]!;
  const x6 = coefficients[u + 48]! * quantisation[u + 48]!;
  const x7 = coefficients[u + 56]! * quantisation[u + 56]!;
  if ((x1 | x2 | x3 | x4 | x5 | x6 | x7) === 0) {
    for (let n = 0; n < span; n++) work[n * 8 + u] = x0 << 2;
    return;
  }
  const k = COSINES[span];
  for (let n = 0, at = 0; n < span / 2; n++, at += 8) {
    const even = k[at]! * x0 + k[at + 2]! * x2 + k[at + 4]! * x4 + k[at + 6]! * x6 + 1024;
    const odd = k[at + 1]! * x1 + k[at + 3]! * x3 + k[at + 5]! * x5 + k[at + 7]! * x7;
    work[n * 8 + u] = (even + odd) >> 11;
    work[(span - 1 - n) * 8 + u] = (even - odd) >> 11;
  }
}

/** Half a rounding step, plus the level shift: JPEG samples are relative to 128. */
const CENTRE = 2 ** 17 + 128 * 2 ** 18;

function rowPass(from: number, span: Span, out: Uint8ClampedArray, at: number): void {
  const x0 = work[from]!;
  const x1 = work[from + 1]!;
  const x2 = work[from + 2]!;
  const x3 = work[from + 3]!;
  const x4 = work[from + 4]!;
  const x5 = work[from + 5]!;
  const x6 = work[from + 6]!;
  const x7 = work[from + 7]!;
  if ((x1 | x2 | x3 | x4 | x5 | x6 | x7) === 0) {
    out.fill((x0 + 16 + 128 * 32) >> 5, at, at + span);
    return;
  }
  const k = COSINES[span];
  for (let n = 0, row = 0; n < span / 2; n++, row += 8) {
    const even = k[row]! * x0 + k[row + 2]! * x2 + k[row + 4]! * x4 + k[row + 6]! * x6 + CENTRE;
    const odd = k[row + 1]! * x1 + k[row + 3]! * x3 + k[row + 5]! * x5 + k[row + 7]! * x7;
    out[at + n] = (even + odd) >> 18;
    out[at + span - 1 - n] = (even - odd) >> 18;
  }
}
