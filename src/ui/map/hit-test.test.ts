import { expect, test } from 'vitest';
import type { SceneObject } from '../../session/types.ts';
import { objectAt } from './hit-test.ts';

function object(id: string, cx: number, cy: number, w: number, h: number, thetaDeg: number): SceneObject {
  const corner = [cx, cy] as const;
  return {
    id,
    answerId: 'a',
    label: 'airplane',
    number: 1,
    box: { cx, cy, w, h, thetaDeg },
    corners: [corner, corner, corner, corner],
    score: null,
    mask: null,
    state: 'proposed',
    tile: { x: 0, y: 0, width: 256, height: 256 },
    sightings: [],
  };
}

test('a rotated box is hit along its own axes, clockwise on screen', () => {
  const long = object('long', 100, 100, 80, 10, 45);
  expect(objectAt([long], [125, 125], 0)?.id).toBe('long');
  expect(objectAt([long], [125, 75], 0)).toBeNull();
});

test('of two boxes the smaller one wins whatever the order', () => {
  const outer = object('outer', 50, 50, 60, 60, 0);
  const inner = object('inner', 50, 50, 10, 10, 0);
  expect(objectAt([inner, outer], [52, 52], 0)?.id).toBe('inner');
  expect(objectAt([outer, inner], [52, 52], 0)?.id).toBe('inner');
  expect(objectAt([outer, inner], [70, 70], 0)?.id).toBe('outer');
});

test('the tolerance widens every side', () => {
  const box = object('box', 50, 50, 10, 10, 0);
  expect(objectAt([box], [57, 50], 0)).toBeNull();
  expect(objectAt([box], [57, 50], 3)?.id).toBe('box');
});
