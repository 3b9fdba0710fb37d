import type { RotatedBox } from '../../geo/types.ts';

/** A stretch of text that is, or tries to be, a box. Offsets are UTF-16, `end` exclusive. */
export interface BoxSpan {
  start: number;
  end: number;
  /** In tile pixels; null where it could not be read or left the tile. */
  box: RotatedBox | null;
}

/** How one model writes boxes into text. `tile`: side of the square tile in pixels. */
export interface Dialect {
  /** A manifest names its model's dialect by it, in `dialect.id`. */
  readonly id: string;
  /** What such a manifest says beside the id, by path below `dialect`: another value means another dialect, and is refused. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** Every box of `text`, malformed ones included, in order and without overlap. Never throws. */
  findBoxes(text: string, tile: number): BoxSpan[];
  /** The text of a box; coordinates outside the tile are clamped to it. */
  writeBox(box: RotatedBox, tile: number): string;
}
