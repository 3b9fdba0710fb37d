/**
 * Averages of `reduction`×`reduction` boxes of one band, for some rows of the result at a time. Ignores invalid pixels
 * (NaN).
 */
export class BoxAverage {
  private readonly sourceWidth: number;
  private readonly sourceHeight: number;
  private readonly reduction: number;
  private readonly width: number;
  private readonly sums: Float64Array;
  private readonly counts: Uint32Array;
  private top = 0;
  private rows: number;

  /** `rows`: the most rows of the result at a time. */
  constructor(sourceWidth: number, sourceHeight: number, reduction: number, rows: number) {
    this.sourceWidth = sourceWidth;
    this.sourceHeight = sourceHeight;
    this.reduction = reduction;
    this.width = Math.ceil(sourceWidth / reduction);
    this.rows = rows;
    this.sums = new Float64Array(this.width * rows);
    this.counts = new Uint32Array(this.width * rows);
  }

  /** Starts `rows` rows of the result at row `top`. */
  begin(top: number, rows: number): void {
    this.top = top;
    this.rows = rows;
    this.sums.fill(0);
    this.counts.fill(0);
  }

  /** Adds a window of the source, f32[height, width] at (`x`, `y`). It must lie within the current rows. */
  add(plane: Float32Array, x: number, y: number, width: number, height: number): void {
    const { reduction, sums, counts } = this;
    for (let row = 0; row < height; row++) {
      const out = (Math.floor((y + row) / reduction) - this.top) * this.width;
      let at = row * width;
      for (let col = x; col < x + width; ) {
        const box = Math.floor(col / reduction);
        const end = Math.min(x + width, (box + 1) * reduction);
        let sum = 0;
        let count = 0;
        for (; col < end; col++, at++) {
          const value = plane[at]!;
          if (!Number.isNaN(value)) {
            sum += value;
            count++;
          }
        }
        sums[out + box]! += sum;
        counts[out + box]! += count;
      }
    }
  }

  /** f32[rows, width] of what was added since `begin`; NaN if fewer than half of a box's pixels are valid. */
  result(): Float32Array<ArrayBuffer> {
    const { reduction, width } = this;
    const out = new Float32Array(width * this.rows).fill(Number.NaN);
    for (let row = 0; row < this.rows; row++) {
      const tall = Math.min(reduction, this.sourceHeight - (this.top + row) * reduction);
      for (let col = 0; col < width; col++) {
        const wide = Math.min(reduction, this.sourceWidth - col * reduction);
        const at = row * width + col;
        const count = this.counts[at]!;
        if (count > 0 && count * 2 >= wide * tall) out[at] = this.sums[at]! / count;
      }
    }
    return out;
  }
}
