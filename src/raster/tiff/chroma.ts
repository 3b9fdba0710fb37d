/** How many pixels share one chroma sample along each axis. */
export interface ChromaSharing {
  x: 1 | 2;
  y: 1 | 2;
}

/**
 * Spreads shared chroma over its pixels as libjpeg does ("fancy upsampling"), in place: each pixel takes three quarters of its own sample
 * and one of its neighbour's, per axis. `samples`: u8[rows, width, perPixel], Y Cb Cr first, chroma repeated over the pixels that share it.
 */
export function smoothChroma(
  samples: Uint8Array,
  width: number,
  rows: number,
  perPixel: number,
  sharing: ChromaSharing,
): void {
  // As libjpeg: nothing to spread where the image is narrower, and vertical sharing alone stays as it is.
  if (sharing.x !== 2 || width <= 2) return;
  const columns = Math.ceil(width / 2);
  const lines = Math.ceil(rows / sharing.y);
  for (const component of [1, 2]) {
    const shared = take(samples, width, perPixel, component, columns, lines, sharing.y);
    for (let row = 0; row < rows; row++) {
      const line = Math.floor(row / sharing.y);
      // Above for the upper of the two rows, below for the lower; the edges have themselves for a neighbour.
      const other = sharing.y === 1 ? line : Math.max(0, Math.min(lines - 1, row % 2 === 0 ? line - 1 : line + 1));
      spreadRow(
        samples,
        row * width * perPixel + component,
        perPixel,
        width,
        shared,
        line * columns,
        other * columns,
        columns,
        sharing.y,
      );
    }
  }
}

function take(
  samples: Uint8Array,
  width: number,
  perPixel: number,
  component: number,
  columns: number,
  lines: number,
  stepY: number,
): Uint8Array {
  const shared = new Uint8Array(columns * lines);
  for (let line = 0; line < lines; line++) {
    const start = line * stepY * width * perPixel + component;
    for (let column = 0; column < columns; column++) {
      shared[line * columns + column] = samples[start + column * 2 * perPixel]!;
    }
  }
  return shared;
}

function spreadRow(
  samples: Uint8Array,
  start: number,
  perPixel: number,
  width: number,
  shared: Uint8Array,
  line: number,
  other: number,
  columns: number,
  sharingY: number,
): void {
  // Sums of 4 (one axis) or 16 (both), rounded as libjpeg rounds them: by turns up and down.
  const [shift, evenBias, oddBias] = sharingY === 1 ? [2, 1, 2] : [4, 8, 7];
  const sum = (column: number) =>
    sharingY === 1 ? shared[line + column]! : shared[line + column]! * 3 + shared[other + column]!;
  for (let column = 0; column < columns; column++) {
    const own = sum(column);
    const left = own * 3 + sum(Math.max(0, column - 1)) + evenBias;
    const right = own * 3 + sum(Math.min(columns - 1, column + 1)) + oddBias;
    samples[start + 2 * column * perPixel] = left >> shift;
    if (2 * column + 1 < width) samples[start + (2 * column + 1) * perPixel] = right >> shift;
  }
}
