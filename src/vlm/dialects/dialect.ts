import type { RotatedBox } from '../../geo/types.ts';

/** A stretch of what a model wrote. `raw` is that stretch, and the `raw` of all pieces in order is the whole text. */
export type Piece =
  /** Words for the reader. */
  | { kind: 'text'; raw: string }
  | ({ kind: 'box'; raw: string } & WrittenBox)
  /** Stands for the model's proposal of this index, which may not exist. */
  | { kind: 'pointer'; raw: string; index: number }
  /** Tries to be a box, and can't be read or leaves the tile. */
  | { kind: 'malformed'; raw: string }
  /** Says nothing to the reader: a tag that opens or closes something, a special token. */
  | { kind: 'control'; raw: string };

/** A box as a model wrote it. */
export interface WrittenBox {
  /** In tile pixels. */
  box: RotatedBox;
  /** What the text says it is, in the model's own words; null: what was asked for. */
  label: string | null;
  /** 0–1 where the model writes one. */
  score: number | null;
}

/** How one model writes boxes into text. `tile`: side of the square tile in pixels. */
export interface Dialect {
  /** A manifest names its model's dialect by it, in `dialect.id`. */
  readonly id: string;
  /** What such a manifest says beside the id, by path below `dialect`: another value means another dialect, and is refused. */
  readonly facts: Readonly<Record<string, string | number>>;
  /**
   * Cuts up all that a model wrote, special tokens included. The text may end anywhere, because it is also parsed while it is
   * being written. Never throws.
   */
  parse(raw: string, tile: number): Piece[];
  /** The text of a box; coordinates outside the tile are clamped to it. */
  writeBox(box: RotatedBox, tile: number): string;
}

/** A piece and where it begins, as a UTF-16 offset. */
export interface PlacedPiece {
  start: number;
  piece: Piece;
}

/** `found`, in order and without overlap, with the text between. */
export function withText(raw: string, found: Iterable<PlacedPiece>): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const addText = (end: number) => {
    if (end > at) pieces.push({ kind: 'text', raw: raw.slice(at, end) });
  };
  for (const { start, piece } of found) {
    addText(start);
    pieces.push(piece);
    at = start + piece.raw.length;
  }
  addText(raw.length);
  return pieces;
}
