import { describe, expect, it } from 'vitest';
import type { PixelWindow, RotatedBox } from '../types.ts';
import { confirmed } from './confirmed.ts';

const tile = (x: number, y = 0): PixelWindow => ({ x, y, width: 256, height: 256 });
const extent: PixelWindow = { x: 0, y: 0, width: 448, height: 256 };
const [west, east] = [tile(0), tile(192)];
const box = (x0: number, y0: number, x1: number, y1: number): RotatedBox => ({
  cx: (x0 + x1) / 2,
  cy: (y0 + y1) / 2,
  w: x1 - x0,
  h: y1 - y0,
  thetaDeg: 0,
});
const item = (at: RotatedBox, of: PixelWindow, label = 'roof') => ({ label, box: at, score: 0.9, tile: of });
const kept = (items: ReturnType<typeof item>[], tiles = [west, east]) =>
  confirmed(items, tiles, { extent, seamPx: 2 }).length;

describe('confirmed', () => {
  it('leaves out what a tile saw cut and its neighbour sees whole and has nothing like', () => {
    expect(kept([item(box(200, 50, 256, 90), west)])).toBe(0);
    expect(kept([item(box(192, 50, 250, 90), east)])).toBe(0);
  });

  it('keeps it if the neighbour has a similar box, or no other tile saw the place', () => {
    const cut = item(box(200, 50, 256, 90), west);
    expect(kept([cut, item(box(200, 48, 300, 92), east)])).toBe(2);
    expect(kept([cut], [west])).toBe(1);
  });

  it('asks for the same label, at the same place', () => {
    const cut = item(box(200, 50, 256, 90), west);
    expect(kept([cut, item(box(200, 48, 300, 92), east, 'car')])).toBe(1);
    expect(kept([cut, item(box(200, 148, 300, 192), east)])).toBe(1);
  });

  it('keeps what no edge cuts, and what only the edge of all tiles does', () => {
    expect(kept([item(box(200, 50, 250, 90), west)])).toBe(1);
    expect(kept([item(box(0, 50, 40, 90), west)])).toBe(1);
    expect(kept([item(box(400, 200, 448, 256), east)])).toBe(1);
  });

  it('keeps a long object that the neighbour sees too little of', () => {
    // Of 156 columns, the eastern tile sees 64.
    expect(kept([item(box(100, 50, 256, 90), west)])).toBe(1);
  });

  it('lets no coarser view of the whole judge a tile', () => {
    const whole: PixelWindow = { x: 0, y: -96, width: 448, height: 448 };
    expect(kept([item(box(200, 50, 256, 90), west)], [west, whole])).toBe(1);
  });

  it('identifies tiles by their place, because stored ones are other objects', () => {
    const items = [item(box(200, 50, 256, 90), { ...west }), item(box(200, 48, 300, 92), { ...east })];
    expect(kept(items)).toBe(2);
  });
});
