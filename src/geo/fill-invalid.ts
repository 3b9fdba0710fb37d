/** A grid of pixels with `bands` values each, `data` f32[height, width, bands] row-major. */
export interface Pixels {
  width: number;
  height: number;
  data: Float32Array<ArrayBuffer>;
}

/** Distance over which the fill changes from the mean to the mirror image. */
const FADE_PX = 16;
/** If a mirrored point is invalid, it is tried again this many times, each time half as far from the edge. */
const HALVINGS = 6;

/**
 * Fills every invalid pixel of `data`, so that a network without a mask sees similar ground there. The fill is the
 * picture mirrored at the nearest valid edge, faded in from the mean of the valid pixels over the first 16, so that an
 * object at the edge isn't doubled. Compared with zeros, the mean, the edge's value and the plain mirror in
 * training/LOG.md ("What stands where there is nothing"). `valid` u8[height, width], non-zero = valid, at least one of
 * them. Returns a new array; valid pixels keep their values.
 */
export function fillInvalid(
  { width, height, data }: Pixels,
  valid: Uint8Array,
  bands = data.length / (width * height),
): Float32Array<ArrayBuffer> {
  const filled = data.slice();
  const mean = meanOf(data, valid, bands);
  const nearest = nearestValid(width, height, valid);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (valid[i]) continue;
      const edge = nearest[i]!;
      const edgeX = edge % width;
      const edgeY = (edge - edgeX) / width;
      const share = Math.min(1, Math.hypot(edgeX - x, edgeY - y) / FADE_PX);
      const from = mirrored(x, y, edgeX, edgeY);
      for (let band = 0; band < bands; band++) {
        filled[i * bands + band] = share * data[from * bands + band]! + (1 - share) * mean[band]!;
      }
    }
  }
  return filled;

  /** The valid pixel as far behind the edge as this one is in front of it, or nearer to the edge. */
  function mirrored(x: number, y: number, edgeX: number, edgeY: number): number {
    for (let k = 0, far = 1; k < HALVINGS; k++, far /= 2) {
      const col = Math.round(edgeX + far * (edgeX - x));
      const row = Math.round(edgeY + far * (edgeY - y));
      const isInside = col >= 0 && row >= 0 && col < width && row < height;
      if (isInside && valid[row * width + col]) return row * width + col;
    }
    return edgeY * width + edgeX;
  }
}

function meanOf(data: Float32Array, valid: Uint8Array, bands: number): Float64Array {
  const sums = new Float64Array(bands);
  let count = 0;
  for (let i = 0; i < valid.length; i++) {
    if (!valid[i]) continue;
    count++;
    for (let band = 0; band < bands; band++) sums[band]! += data[i * bands + band]!;
  }
  return sums.map((sum) => sum / count);
}

/**
 * Index of the nearest valid pixel for each pixel; −1 everywhere if none is valid. Two sweeps pass on the eight
 * neighbours' results (Danielsson, Euclidean distance mapping, 1980): at worst off by a fraction of a pixel.
 */
function nearestValid(width: number, height: number, valid: Uint8Array): Int32Array {
  const nearest = new Int32Array(width * height).fill(-1);
  for (let i = 0; i < nearest.length; i++) if (valid[i]) nearest[i] = i;
  const distance2 = (x: number, y: number, to: number) => {
    const dx = (to % width) - x;
    const dy = Math.floor(to / width) - y;
    return dx * dx + dy * dy;
  };
  const ask = (x: number, y: number, dx: number, dy: number) => {
    const col = x + dx;
    const row = y + dy;
    if (col < 0 || row < 0 || col >= width || row >= height) return;
    const nearestIndex = nearest[row * width + col]!;
    if (nearestIndex < 0) return;
    const i = y * width + x;
    const known = nearest[i]!;
    if (known < 0 || distance2(x, y, nearestIndex) < distance2(x, y, known)) nearest[i] = nearestIndex;
  };
  for (const back of [-1, 1]) {
    for (let step = 0; step < height; step++) {
      const y = back < 0 ? step : height - 1 - step;
      for (let along = 0; along < width; along++) {
        const x = back < 0 ? along : width - 1 - along;
        if (valid[y * width + x]) continue;
        ask(x, y, back, 0);
        for (let dx = -1; dx <= 1; dx++) ask(x, y, dx, back);
      }
      // Back along the row, for valid pixels further on.
      for (let along = width - 1; along >= 0; along--) {
        const x = back < 0 ? along : width - 1 - along;
        if (!valid[y * width + x]) ask(x, y, -back, 0);
      }
    }
  }
  return nearest;
}
