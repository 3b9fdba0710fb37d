import type { PixelWindow } from '../types.ts';

/**
 * Finds the rectangles near another one without testing all of them. Rectangles are indexed by the square cells that
 * they touch.
 */
export class HullGrid<T> {
  private readonly cellPx: number;
  private readonly cells = new Map<string, Set<T>>();

  /** `cellPx`: about the size of the rectangles, or larger. */
  constructor(cellPx: number) {
    this.cellPx = cellPx;
  }

  add(hull: PixelWindow, item: T): void {
    for (const key of this.keysOf(hull)) {
      const cell = this.cells.get(key);
      if (cell) cell.add(item);
      else this.cells.set(key, new Set([item]));
    }
  }

  /** All rectangles that overlap `hull`, and some that are only near it. */
  near(hull: PixelWindow): Set<T> {
    const found = new Set<T>();
    for (const key of this.keysOf(hull)) for (const item of this.cells.get(key) ?? []) found.add(item);
    return found;
  }

  private *keysOf({ x, y, width, height }: PixelWindow): Generator<string> {
    const cell = (px: number) => Math.floor(px / this.cellPx);
    for (let row = cell(y); row <= cell(y + height); row++) {
      for (let col = cell(x); col <= cell(x + width); col++) yield `${col},${row}`;
    }
  }
}
