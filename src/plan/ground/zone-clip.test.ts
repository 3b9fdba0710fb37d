import { expect, it } from 'vitest';
import type { PixelWindow } from '../../geo/types.ts';
import type { Shape } from './shape.ts';
import { unionAreaPx } from './union-area-px.ts';
import { cornersOfWindow } from './zone.ts';
import { ZoneClip } from './zone-clip.ts';

const square = (x: number, y: number, side: number): Shape => [cornersOfWindow({ x, y, width: side, height: side })];

it.each<[name: string, zone: Shape]>([
  ['a rectangle', square(10, 10, 80)],
  ['a rectangle drawn the other way round', [square(10, 10, 80)[0]!.toReversed()]],
  ['a rim', [...square(0, 0, 100), ...square(20, 20, 60)]],
  [
    'a triangle',
    [
      [
        [0, 0],
        [100, 20],
        [30, 100],
      ],
    ],
  ],
  [
    'an arrow, which has a dent',
    [
      [
        [0, 0],
        [100, 50],
        [0, 100],
        [40, 50],
      ],
    ],
  ],
  ['nothing', []],
])('measures windows in %s as the union of polygons does', (_, zone) => {
  const clip = new ZoneClip(zone);
  const windows = Array.from({ length: 49 }, (_, i): PixelWindow => {
    return { x: (i % 7) * 14 - 6, y: Math.floor(i / 7) * 14 - 6, width: 20, height: 20 };
  });
  windows.forEach((window, i) => {
    const earlier = windows.slice(0, i);
    const shapes = earlier.map((each) => [cornersOfWindow(each)]);
    const own = [cornersOfWindow(window)];
    expect(clip.areaOf(window)).toBeCloseTo(unionAreaPx([own], zone), 8);
    expect(clip.areaOf(window, earlier)).toBeCloseTo(
      unionAreaPx([...shapes, own], zone) - unionAreaPx(shapes, zone),
      8,
    );
  });
});
