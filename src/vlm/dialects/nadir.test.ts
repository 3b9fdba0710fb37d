import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../text/sampling.ts';
import { nadir } from './nadir.ts';

const { writeBox } = nadir;

const tile = 256;
const box = { cx: 128, cy: 64, w: 25.6, h: 51.2, thetaDeg: 15 };

/** The positions of all boxes, including malformed ones. */
function findBoxes(text: string, tile: number) {
  let start = 0;
  return nadir.parse(text, tile).flatMap((piece) => {
    const span = { start, end: start + piece.raw.length, box: piece.kind === 'box' ? piece.box : null };
    start = span.end;
    return piece.kind === 'box' || piece.kind === 'malformed' ? [span] : [];
  });
}

describe('the Nadir dialect', () => {
  it('reads the standard form', () => {
    const text = 'a car {x:500,y:250,h:200,w:100,θ:15}.';
    const spans = findBoxes(text, tile);
    expect(spans).toEqual([{ start: 6, end: text.length - 1, box }]);
  });

  it.each([
    '{w:100,h:200,θ:15,y:250,x:500}',
    '{ x : 500 , y : 250 , h : 200 , w : 100 , theta : 15 }',
    '{"x": 500, "y": 250, "h": 200, "w": 100, "angle": 15}',
    "{'x'=500;'y'=250;'h'=200;'w'=100;'Θ'=15}",
    '{X:500.0,Y:250.0,H:200,W:100,ϑ:15°}',
  ])('accepts the variant %s', (text) => {
    expect(findBoxes(text, tile)).toEqual([{ start: 0, end: text.length, box }]);
  });

  it('reads a missing angle as 0', () => {
    expect(findBoxes('{x:500,y:250,h:200,w:100}', tile)[0]?.box).toEqual({ ...box, thetaDeg: 0 });
  });

  it('reads 180 degrees as 0', () => {
    expect(findBoxes('{x:500,y:250,h:200,w:100,θ:180}', tile)[0]?.box?.thetaDeg).toBe(0);
  });

  it.each([
    ['a coordinate past the tile', '{x:1001,y:250,h:200,w:100,θ:15}'],
    ['a negative coordinate', '{x:-1,y:250,h:200,w:100,θ:15}'],
    ['an empty side', '{x:500,y:250,h:0,w:100,θ:15}'],
    ['an angle out of range', '{x:500,y:250,h:200,w:100,θ:181}'],
    ['a missing side', '{x:500,y:250,h:200,θ:15}'],
    ['a key twice', '{x:500,x:500,y:250,h:200,w:100}'],
    ['an unknown key', '{x:500,y:250,h:200,w:100,z:15}'],
    ['a word for a number', '{x:five,y:250,h:200,w:100,θ:15}'],
    ['an exponent', '{x:5e2,y:250,h:200,w:100,θ:15}'],
    ['no end', '{x:500,y:250,h:200'],
  ])('reports %s as malformed', (_, text) => {
    expect(findBoxes(text, tile)).toEqual([{ start: 0, end: text.length, box: null }]);
  });

  it('leaves braces without a box alone', () => {
    expect(findBoxes('a set {1, 2} and {hello: there} and {}', tile)).toEqual([]);
  });

  it('separates pointers and special tokens from words', () => {
    const text = '2 cars: <p0><p12> <region><|im_end|>.';
    expect(nadir.parse(text, tile)).toEqual([
      { kind: 'text', raw: '2 cars: ' },
      { kind: 'pointer', raw: '<p0>', index: 0 },
      { kind: 'pointer', raw: '<p12>', index: 12 },
      { kind: 'text', raw: ' ' },
      { kind: 'control', raw: '<region>' },
      { kind: 'control', raw: '<|im_end|>' },
      { kind: 'text', raw: '.' },
    ]);
  });

  it('continues after a truncated box', () => {
    const spans = findBoxes('{x:500,y:2 {x:500,y:250,h:200,w:100,θ:15}', tile);
    expect(spans.map((s) => s.box)).toEqual([null, box]);
  });

  it('reads back what the dialect writes, within half a unit', () => {
    const random = mulberry32(1);
    for (let i = 0; i < 500; i++) {
      const made = {
        cx: random() * 256,
        cy: random() * 256,
        w: 1 + random() * 200,
        h: 1 + random() * 200,
        thetaDeg: random() * 179,
      };
      const read = findBoxes(writeBox(made, tile), tile)[0]?.box;
      expect(read).toBeTruthy();
      for (const key of ['cx', 'cy', 'w', 'h'] as const)
        expect(Math.abs(read![key] - made[key])).toBeLessThanOrEqual(0.1281);
      expect(Math.abs(read!.thetaDeg - made.thetaDeg)).toBeLessThanOrEqual(0.5);
    }
  });

  it('never throws, whatever the text, and its spans stay in order and in range', () => {
    const random = mulberry32(42);
    const pieces = [
      '{',
      '}',
      'x',
      'y',
      'w',
      'h',
      'θ',
      'theta',
      ':',
      '=',
      ',',
      ';',
      '"',
      ' ',
      '-',
      '.',
      '1',
      '999',
      '1001',
      '\n',
      '𝌆',
      '\u0000',
      '<p1>',
      'NaN',
      'a',
    ];
    const valid = '{x:500,y:250,h:200,w:100,θ:15}';
    let boxes = 0;
    for (let i = 0; i < 20_000; i++) {
      const text = i % 2 === 0 ? randomText(random, pieces) : mutate(random, `${valid} and ${valid}`, pieces);
      const parsed = nadir.parse(text, tile);
      expect(parsed.map(({ raw }) => raw).join('')).toBe(text);
      let last = 0;
      for (const span of findBoxes(text, tile)) {
        expect(span.start).toBeGreaterThanOrEqual(last);
        expect(span.end).toBeGreaterThan(span.start);
        expect(span.end).toBeLessThanOrEqual(text.length);
        if (span.box) {
          boxes++;
          expect(Object.values(span.box).every(Number.isFinite)).toBe(true);
        }
        last = span.end;
      }
    }
    expect(boxes).toBeGreaterThan(1000);
  });
});

function randomText(random: () => number, pieces: string[]): string {
  return Array.from({ length: Math.floor(random() * 40) }, () => pieces[Math.floor(random() * pieces.length)]!).join(
    '',
  );
}

function mutate(random: () => number, text: string, pieces: string[]): string {
  let changed = text;
  for (let n = Math.floor(random() * 4); n > 0; n--) {
    const at = Math.floor(random() * changed.length);
    const drop = Math.floor(random() * 3);
    changed = changed.slice(0, at) + pieces[Math.floor(random() * pieces.length)]! + changed.slice(at + drop);
  }
  return changed;
}
