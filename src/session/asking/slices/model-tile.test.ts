import { describe, expect, it } from 'vitest';
import type { BandTile } from '../../../imagery/tiles.ts';
import { texture } from '../../fakes.ts';
import { asShown, blankOf } from './model-tile.ts';

const side = 128;
const whole = { x: 0, y: 0, width: side, height: side };

/** A tile of `value(x, y, band)`; pixels outside `isValid` are 0, as they are read. */
function tileOf(
  value: (x: number, y: number, band: number) => number,
  isValid: (x: number, y: number) => boolean = () => true,
  hasNir = false,
): BandTile {
  const bands = hasNir ? ['red', 'green', 'blue', 'nir'] : ['red', 'green', 'blue'];
  const data = new Float32Array(side * side * bands.length);
  const valid = new Uint8Array(side * side);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      if (!isValid(x, y)) continue;
      valid[i] = 1;
      for (let band = 0; band < bands.length; band++) data[i * bands.length + band] = value(x, y, band);
    }
  }
  const count = valid.reduce((sum, each) => sum + each, 0);
  return {
    width: side,
    height: side,
    bands,
    validFraction: count / valid.length,
    valid: count === valid.length ? null : valid,
    data,
  };
}

/** Numbers in 0–1 without any order (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const waves = (x: number, y: number) => 0.5 + 0.3 * Math.sin(x / 5) * Math.cos(y / 7);

describe('blankOf', () => {
  const noise = random(1);
  const weak = random(2);
  it.each([
    ['no valid pixel', tileOf(waves, () => false), 'no-data'],
    ['a handful of valid pixels', tileOf(waves, (x, y) => x < 4 && y < 4), 'no-data'],
    ['one value', tileOf(() => 0.5), 'one-value'],
    ['a value a band', tileOf((_x, _y, band) => 0.2 + 0.3 * band), 'one-value'],
    ['black', tileOf(() => 0), 'one-value'],
    [
      'one value beside nodata',
      tileOf(
        () => 0.7,
        (x, y) => x + y < 100,
      ),
      'one-value',
    ],
    ['steps smaller than one of 255', tileOf((x) => 0.5 + (x % 2) / 300), 'one-value'],
    ['white noise', tileOf(() => noise()), 'noise'],
    [
      'white noise beside nodata',
      tileOf(
        () => noise(),
        (x) => x > 20,
      ),
      'noise',
    ],
    ['imagery', tileOf(waves), null],
    ['imagery under strong noise', tileOf((x, y) => waves(x, y) + 0.5 * (weak() - 0.5)), null],
    ['imagery beside nodata', tileOf(waves, (x) => x < 30), null],
    ['a ramp', tileOf((x) => x / side), null],
    ['one dark square on one value', tileOf((x, y) => (x > 60 && x < 70 && y > 60 && y < 66 ? 0.2 : 0.8)), null],
    ['stripes along the rows', tileOf((_x, y) => (y % 3) / 3), null],
  ] as const)('%s', (_, tile, blank) => {
    expect(blankOf(tile, whole, 1)).toBe(blank);
  });

  it('takes near infrared for something to see, where it is read', () => {
    const bands = (x: number, y: number, band: number) => (band === 3 ? waves(x, y) : 0.4);
    expect(blankOf(tileOf(bands, undefined, true), whole, 1)).toBeNull();
    expect(blankOf(tileOf(bands), whole, 1)).toBe('one-value');
  });

  it('judges the part that is asked about', () => {
    const tile = tileOf(
      (x, y) => (x < 64 ? 0.5 : waves(x, y)),
      (_x, y) => y < 96,
    );
    expect(blankOf(tile, { x: 0, y: 0, width: 64, height: 96 }, 1)).toBe('one-value');
    expect(blankOf(tile, { x: 64, y: 0, width: 64, height: 96 }, 1)).toBeNull();
    expect(blankOf(tile, { x: 64, y: 100, width: 64, height: 28 }, 1)).toBe('no-data');
    // A thin region of a few pixels is judged by those.
    expect(blankOf(tile, { x: 70.4, y: 10.2, width: 30, height: 0.5 }, 1)).toBeNull();
  });

  it('knows noise that was enlarged, and says nothing of a few source pixels', () => {
    const value = random(3);
    const source = Array.from({ length: 64 * 64 }, () => value());
    const at = (x: number, y: number) => source[Math.min(63, y) * 64 + Math.min(63, x)]!;
    const enlarged = tileOf((x, y) => {
      const [u, v] = [Math.max(0, x / 2 - 0.25), Math.max(0, y / 2 - 0.25)];
      const [c, r] = [Math.floor(u), Math.floor(v)];
      const row = (at: (dx: number) => number) => at(0) * (1 - (u - c)) + at(1) * (u - c);
      return row((dx) => at(c + dx, r)) * (1 - (v - r)) + row((dx) => at(c + dx, r + 1)) * (v - r);
    });
    expect(blankOf(enlarged, whole, 2)).toBe('noise');
    expect(blankOf(enlarged, { x: 0, y: 0, width: 40, height: 40 }, 2)).toBeNull();
  });
});

describe('asShown', () => {
  it('fills what is invalid, keeps the mask and leaves the given tile', () => {
    const tile = tileOf(waves, (x) => x < 64);
    const before = tile.data.slice();
    const shown = asShown(tile);
    expect(tile.data).toEqual(before);
    expect(shown).toMatchObject({ valid: tile.valid, validFraction: 0.5 });
    for (const x of [70, 90, 127]) expect(shown.data[(40 * side + x) * 3]).toBeGreaterThan(0.19);
    for (let i = 0; i < side; i++) expect(shown.data[i * 3]).toBe(i < 64 ? before[i * 3] : shown.data[i * 3]);
  });

  it('takes a tile as it is where there is nothing to fill, or nothing to fill from', () => {
    const full = tileOf(waves);
    const empty = tileOf(waves, () => false);
    expect(asShown(full)).toBe(full);
    expect(asShown(empty)).toBe(empty);
  });
});

it('finds something to see in what the fakes read', () => {
  const tile = { ...tileOf(waves), width: 256, height: 256, data: texture(256, 256, 3) };
  expect(blankOf(tile, { x: 0, y: 0, width: 256, height: 256 }, 1)).toBeNull();
});
