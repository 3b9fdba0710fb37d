import { formatDialectBox, fromDialectNumbers, toDialectNumbers } from '../../geo/dialect-box.ts';
import type { RotatedBox } from '../../geo/types.ts';
import type { BoxSpan, Dialect } from './dialect.ts';

/** Numbers run 0…scale across the tile; sides too, since a box of the dialect lies inside its tile. */
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

/** `{x:512,y:300,h:40,w:80,θ:15}`: centre and sides in 0–1000 of the tile, θ in degrees clockwise on screen, [0, 180). */
export const nadir: Dialect = {
  id: 'nadir',
  facts: { scale, origin: 'centre', 'angle.unit': 'degree', 'angle.direction': 'clockwise' },
  findBoxes,
  writeBox: (box, tile) => formatDialectBox(toDialectNumbers(box, tile)),
};

/**
 * Finds the Nadir dialect's boxes `{x:512,y:300,h:40,w:80,θ:15}` in any text: keys in any order, spaces, quotes, `=` for
 * `:`, `;` for `,`, "theta" or "angle" for θ, no θ for 0. Never throws. Braces without a box's keys are plain text.
 * `tile`: side of the tile in pixels.
 */
function findBoxes(text: string, tile: number): BoxSpan[] {
  const spans: BoxSpan[] = [];
  let at = text.indexOf('{');
  while (at >= 0) {
    const next = text.indexOf('{', at + 1);
    const limit = next < 0 ? text.length : next;
    const close = text.indexOf('}', at);
    const end = close >= 0 && close < limit ? close + 1 : limit;
    const candidate = text.slice(at, end);
    if (looksLikeBox.test(candidate)) spans.push({ start: at, end, box: readBox(candidate, tile) });
    at = next;
  }
  return spans;
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
