import { formatDialectBox, fromDialectNumbers, toDialectNumbers } from '../../geo/boxes/dialect-box.ts';
import type { RotatedBox } from '../../geo/types.ts';
import { type Dialect, type Piece, type PlacedPiece, withText } from './dialect.ts';

/** Coordinates run 0…scale across the tile. Sides do too, because a box of this dialect lies inside its tile. */
const scale = 1000;
const keys: Record<string, 'x' | 'y' | 'w' | 'h' | 'theta'> = {
  x: 'x',
  y: 'y',
  w: 'w',
  h: 'h',
  θ: 'theta',
  ϑ: 'theta',
  theta: 'theta',
  angle: 'theta',
};
const keyName = '["\']?(x|y|w|h|θ|ϑ|theta|angle)["\']?';
const looksLikeBox = new RegExp(`^\\{\\s*${keyName}\\s*[:=]`, 'i');
const member = new RegExp(`^\\s*${keyName}\\s*[:=]\\s*(-?\\d+(?:\\.\\d+)?)\\s*°?\\s*$`, 'i');

/** Pointers to proposals, and tokens that the chat template or the prompt uses. */
const special = /<p(\d{1,3})>|<region>|<image>|<\|\w+\|>/g;

/**
 * `{x:512,y:300,h:40,w:80,θ:15}`: centre and sides in 0–1000 of the tile, θ in degrees clockwise on screen, [0, 180).
 * `<p4>` is a pointer to a proposal. The parser accepts keys in any order, spaces, quotes, `=` for `:`, `;` for `,`,
 * "theta" or "angle" for θ, and a missing θ as 0. Braces without a box's keys are plain text.
 */
export const nadir: Dialect = {
  id: 'nadir',
  facts: { scale, origin: 'centre', 'angle.unit': 'degree', 'angle.direction': 'clockwise' },
  parse: (raw, tile) => withText(raw, findPieces(raw, tile)),
  writeBox: (box, tile) => formatDialectBox(toDialectNumbers(box, tile)),
};

function* findPieces(raw: string, tile: number): Iterable<PlacedPiece> {
  let at = 0;
  for (const match of raw.matchAll(special)) {
    yield* findBoxes(raw, at, match.index, tile);
    const piece: Piece =
      match[1] === undefined
        ? { kind: 'control', raw: match[0] }
        : { kind: 'pointer', raw: match[0], index: Number(match[1]) };
    yield { start: match.index, piece };
    at = match.index + match[0].length;
  }
  yield* findBoxes(raw, at, raw.length, tile);
}

/** The boxes between two offsets. A box that isn't closed ends at the next brace. */
function* findBoxes(raw: string, from: number, to: number, tile: number): Iterable<PlacedPiece> {
  const text = raw.slice(from, to);
  let at = text.indexOf('{');
  while (at >= 0) {
    const next = text.indexOf('{', at + 1);
    const limit = next < 0 ? text.length : next;
    const close = text.indexOf('}', at);
    const end = close >= 0 && close < limit ? close + 1 : limit;
    const written = text.slice(at, end);
    if (looksLikeBox.test(written)) {
      const box = readBox(written, tile);
      const piece: Piece = box
        ? { kind: 'box', raw: written, box, label: null, score: null }
        : { kind: 'malformed', raw: written };
      yield { start: from + at, piece };
    }
    at = next;
  }
}

function readBox(candidate: string, tile: number): RotatedBox | null {
  if (!candidate.endsWith('}')) return null;
  const found: Partial<Record<'x' | 'y' | 'w' | 'h' | 'theta', number>> = {};
  for (const part of candidate.slice(1, -1).split(/[,;]/)) {
    const match = member.exec(part);
    if (!match) return null;
    const key = keys[match[1]!.toLowerCase()]!;
    if (found[key] !== undefined) return null;
    found[key] = Number(match[2]);
  }
  const { x, y, w, h, theta = 0 } = found;
  if (x === undefined || y === undefined || w === undefined || h === undefined) return null;
  if (![x, y, w, h].every((n) => n >= 0 && n <= scale) || w === 0 || h === 0 || theta < 0 || theta > 180) return null;
  return fromDialectNumbers({ x, y, w, h, theta }, tile);
}
