import { CHANNELS, damaged, type PngHeader } from './png-chunks.ts';

/** Where a pass's pixels lie in the picture: every dx-th and dy-th one, starting at (x, y). */
interface Pass {
  x: number;
  y: number;
  dx: number;
  dy: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/**
 * The samples as stored, `[height, width, channels]`: not scaled to 8 bits, without gamma or palette applied. Rows are
 * unpacked as the decompressor produces them, and it is stopped after the last row, so a zlib bomb costs no more than
 * an honest picture. Errors: NOT_AN_IMAGE.
 */
export async function decodePng(header: PngHeader): Promise<Uint8Array | Uint16Array> {
  const { width, height, bits } = header;
  const channels = CHANNELS[header.colour];
  const samples = bits === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  const stream = new RowStream(header.data);
  const pixelBytes = Math.max(1, (channels * bits) / 8);
  try {
    for (const { x, y, dx, dy } of header.interlaced ? ADAM7 : WHOLE) {
      const cols = Math.ceil((width - x) / dx);
      const rows = Math.ceil((height - y) / dy);
      if (cols <= 0 || rows <= 0) continue;
      const rowBytes = Math.ceil((cols * channels * bits) / 8);
      let previous = new Uint8Array(rowBytes + 1);
      let current = new Uint8Array(rowBytes + 1);
      for (let row = 0; row < rows; row++) {
        if (!stream.take(current) && !(await stream.fill(current))) {
          throw damaged(`Its picture data end at row ${y + row * dy} of ${height}.`);
        }
        undoFilter(current, previous, pixelBytes);
        const at = ((y + row * dy) * width + x) * channels;
        spread(current, cols, channels, bits, samples, at, dx * channels);
        [previous, current] = [current, previous];
      }
    }
  } finally {
    stream.close();
  }
  return samples;
}

/** Reads a zlib stream in pieces of any length. */
class RowStream {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private chunk = new Uint8Array(0);
  private at = 0;

  constructor(parts: readonly Uint8Array<ArrayBuffer>[]) {
    let next = 0;
    const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        const part = parts[next++];
        if (part) controller.enqueue(part);
        else controller.close();
      },
    });
    this.reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  }

  /**
   * Fills `target` from bytes that are already unpacked. Returns false, and consumes nothing, if there aren't enough.
   */
  take(target: Uint8Array): boolean {
    if (this.chunk.length - this.at < target.length) return false;
    target.set(this.chunk.subarray(this.at, this.at + target.length));
    this.at += target.length;
    return true;
  }

  /** False if the stream ends first. Errors: NOT_AN_IMAGE. */
  async fill(target: Uint8Array): Promise<boolean> {
    let filled = 0;
    while (filled < target.length) {
      if (this.at === this.chunk.length) {
        const { done, value } = await this.reader.read().catch((cause) => {
          throw damaged('Its picture data can’t be unpacked.', cause);
        });
        if (done) return false;
        this.chunk = value as Uint8Array<ArrayBuffer>;
        this.at = 0;
      }
      const piece = this.chunk.subarray(this.at, this.at + target.length - filled);
      target.set(piece, filled);
      filled += piece.length;
      this.at += piece.length;
    }
    return true;
  }

  close(): void {
    this.reader.cancel().catch(() => {});
  }
}

/** Undoes a row's filter in place; byte 0 of both rows is the filter's number. Errors: NOT_AN_IMAGE. */
function undoFilter(current: Uint8Array, previous: Uint8Array, pixelBytes: number): void {
  const length = current.length;
  // Pixels left of the first one count as zero.
  const second = Math.min(length, pixelBytes + 1);
  switch (current[0]) {
    case 0:
      return;
    case 1:
      for (let i = second; i < length; i++) current[i]! += current[i - pixelBytes]!;
      return;
    case 2:
      for (let i = 1; i < length; i++) current[i]! += previous[i]!;
      return;
    case 3:
      for (let i = 1; i < second; i++) current[i]! += previous[i]! >> 1;
      for (let i = second; i < length; i++) current[i]! += (current[i - pixelBytes]! + previous[i]!) >> 1;
      return;
    case 4:
      for (let i = 1; i < second; i++) current[i]! += previous[i]!;
      for (let i = second; i < length; i++) {
        current[i]! += paeth(current[i - pixelBytes]!, previous[i]!, previous[i - pixelBytes]!);
      }
      return;
    default:
      throw damaged(`A row has the unknown filter ${current[0]}.`);
  }
}

/** The Paeth predictor: whichever of left, above and upper left is nearest to left + above − upper left. */
function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const fromLeft = Math.abs(estimate - left);
  const fromAbove = Math.abs(estimate - above);
  const fromCorner = Math.abs(estimate - corner);
  if (fromLeft <= fromAbove && fromLeft <= fromCorner) return left;
  return fromAbove <= fromCorner ? above : corner;
}

/** Copies a row's samples into the picture: pixel i to `at + i * step`. */
function spread(
  row: Uint8Array,
  cols: number,
  channels: number,
  bits: number,
  samples: Uint8Array | Uint16Array,
  at: number,
  step: number,
): void {
  if (bits === 8 && step === channels) {
    samples.set(row.subarray(1), at);
    return;
  }
  const mask = 2 ** bits - 1;
  for (let col = 0, i = 0; col < cols; col++) {
    for (let channel = 0; channel < channels; channel++, i++) {
      const target = at + col * step + channel;
      if (bits === 16) samples[target] = (row[2 * i + 1]! << 8) | row[2 * i + 2]!;
      else if (bits === 8) samples[target] = row[i + 1]!;
      else samples[target] = (row[((i * bits) >> 3) + 1]! >> (8 - bits - ((i * bits) & 7))) & mask;
    }
  }
}
