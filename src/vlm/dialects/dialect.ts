import type { RotatedBox } from '../../geo/types.ts';

/** A stretch of the model's text. `raw` is the stretch itself; the `raw` of all pieces in order is the whole text. */
export type Piece =
  /** Words for the user to read. */
  | { kind: 'text'; raw: string }
  | ({ kind: 'box'; raw: string } & WrittenBox)
  /** Refers to the model's proposal with this index, which may not exist. */
  | { kind: 'pointer'; raw: string; index: number }
  /** Looks like a box but can't be read or leaves the tile. */
  | { kind: 'malformed'; raw: string }
  /** Carries no meaning for the user: a tag that opens or closes something, or a special token. */
  | { kind: 'control'; raw: string };

/** A box as a model wrote it. */
export interface WrittenBox {
  /** In tile pixels. */
  box: RotatedBox;
  /** The text's own label for the box, in the model's words. Null: the label that was asked for. */
  label: string | null;
  /** 0–1 if the model writes a score, otherwise null. */
  score: number | null;
}

/** How one model writes boxes into text. `tile`: side of the square tile in pixels. */
export interface Dialect {
  /** A manifest names its model's dialect by this id, in `dialect.id`. */
  readonly id: string;
  /**
   * Facts that the manifest must state beside the id, by path below `dialect`. A manifest with another value means
   * another dialect and is refused.
   */
  readonly facts: Readonly<Record<string, string | number>>;
  /**
   * Splits the model's whole text into pieces, special tokens included. The text may end anywhere, because it is also
   * parsed while it is being written. Never throws.
   */
  parse(raw: string, tile: number): Piece[];
  /** The text of a box. Coordinates outside the tile are clamped to it. */
  writeBox(box: RotatedBox, tile: number): string;
}

/** A piece and where it begins, as a UTF-16 offset. */
export interface PlacedPiece {
  start: number;
  piece: Piece;
}

/** Returns `found`, which is in order and doesn't overlap, together with the text between. */
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
