/**
 * Undoes TIFF predictors in place, on samples in native byte order (predictor 2) or on raw bytes (predictor 3).
 * geotiff.js adds 16-bit samples in the machine's byte order even if the file's differs, so we have our own.
 */
export function undoHorizontal(
  samples: Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array,
  rowLength: number,
  stride: number,
): void {
  for (let row = 0; row < samples.length; row += rowLength) {
    const end = Math.min(row + rowLength, samples.length);
    for (let i = row + stride; i < end; i++) samples[i] = samples[i]! + samples[i - stride]!;
  }
}

/**
 * Predictor 3: bytes are differences, grouped by significance (most significant first). The result is little-endian.
 */
export function undoFloatingPoint(bytes: Uint8Array, rowBytes: number, stride: number, sampleBytes: number): void {
  const perPlane = rowBytes / sampleBytes;
  const copy = new Uint8Array(rowBytes);
  for (let row = 0; row + rowBytes <= bytes.length; row += rowBytes) {
    for (let i = row + stride; i < row + rowBytes; i++) bytes[i] = bytes[i]! + bytes[i - stride]!;
    copy.set(bytes.subarray(row, row + rowBytes));
    for (let i = 0; i < perPlane; i++) {
      for (let b = 0; b < sampleBytes; b++) {
        bytes[row + i * sampleBytes + b] = copy[(sampleBytes - 1 - b) * perPlane + i]!;
      }
    }
  }
}
