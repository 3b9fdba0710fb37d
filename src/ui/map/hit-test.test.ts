import { expect, test } from 'vitest';
import { cornersOf } from '../../geo/boxes/rotated-box.ts';
import type { Point } from '../../geo/types.ts';
import type { SceneObject } from '../../session/document.ts';
import { objectAt } from './hit-test.ts';

function object(id: string, cx: number, cy: number, w: number, h: number, thetaDeg: number): SceneObject {
  const box = { cx, cy, w, h, thetaDeg };
  return {
    id,
    answerId: 'a',
    label: 'airplane',
    number: 1,
    box,
    score: null,
    rings: null,
    state: 'proposed',
    tile: { x: 0, y: 0, width: 256, height: 256 },
    sightings: [],
  };
}

/** On the right of every side, going round clockwise on screen (y grows downwards). */
function isInside(corners: readonly Point[], [x, y]: Point): boolean {
  return corners.every(([x0, y0], i) => {
    const [x1, y1] = corners[(i + 1) % corners.length]!;
    return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= 0;
  });
}

test('a rotated box is hit along its own axes, clockwise on screen', () => {
  const long = object('long', 100, 100, 80, 10, 45);
  expect(objectAt([long], [125, 125], 0)?.id).toBe('long');
  expect(objectAt([long], [125, 75], 0)).toBeNull();
});

test.each([0, 17, 45, 90, 133, 179])('a box at %i° is hit where its outline is drawn, and nowhere else', (thetaDeg) => {
  const box = object('box', 40, 30, 36, 14, thetaDeg);
  const corners = cornersOf(box.box);
  let hits = 0;
  for (let y = 0.31; y < 60; y++) {
    for (let x = 0.17; x < 80; x++) {
      const isHit = objectAt([box], [x, y], 0) !== null;
      expect(isHit, `${x}, ${y}`).toBe(isInside(corners, [x, y]));
      hits += Number(isHit);
    }
  }
  // A point a square pixel: about as many as the box is large.
  expect(Math.abs(hits - 36 * 14)).toBeLessThan(0.1 * 36 * 14);
});

test('of two boxes the smaller one wins in any order', () => {
  const outer = object('outer', 50, 50, 60, 60, 0);
  const inner = object('inner', 50, 50, 10, 10, 0);
  expect(objectAt([inner, outer], [52, 52], 0)?.id).toBe('inner');
  expect(objectAt([outer, inner], [52, 52], 0)?.id).toBe('inner');
  expect(objectAt([outer, inner], [70, 70], 0)?.id).toBe('outer');
  expect(objectAt([outer, inner], [90, 90], 0)).toBeNull();
});

test('the tolerance widens every side, along the box', () => {
  const box = object('box', 50, 50, 40, 10, 30);
  const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
  const at = (along: number, across: number): Point => [
    50 + along * cos - across * sin,
    50 + along * sin + across * cos,
  ];
  for (const [along, across] of [
    [22, 0],
    [-22, 0],
    [0, 7],
    [0, -7],
  ] as const) {
    expect(objectAt([box], at(along, across), 0)).toBeNull();
    expect(objectAt([box], at(along, across), 1.9)).toBeNull();
    expect(objectAt([box], at(along, across), 2.1)?.id).toBe('box');
  }
});
