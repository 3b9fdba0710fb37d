import { expect, it } from 'vitest';
import { answeredWith, found } from '../fakes.ts';
import { quadOfEdges } from '../scores/boxes.ts';
import { foundMaskRows, trueMaskRows } from './masks.ts';

const ring = quadOfEdges(10, 10, 20, 30);
const box = quadOfEdges(10, 10, 30, 30);

it('compares masks of true boxes, and the bare box, with polygons; a missing mask scores 0', () => {
  const shapes = [
    { box, shape: { kind: 'polygon' as const, ring } },
    { box, shape: { kind: 'polygon' as const, ring } },
  ];
  const [row] = trueMaskRows([
    answeredWith(
      { kind: 'true-masks', label: 'building', shapes },
      { masks: [[[...ring]], null] },
      { set: 'oam_buildings', task: 'masks' },
    ),
  ]);
  expect(row).toMatchObject({ value: 0.5, n: 2, of: 'objects', target: { must: 0.7 } });
  // The polygon is half of its box.
  expect(row?.detail).toContain('the box itself: 0.500');
});

it('says that a disc is no drawn outline', () => {
  const shapes = [{ box, shape: { kind: 'ellipse' as const } }];
  const [row] = trueMaskRows([
    answeredWith({ kind: 'true-masks', label: 'storage tank', shapes }, { masks: [[[...box]]] }, { task: 'masks' }),
  ]);
  expect(row?.value).toBeCloseTo(Math.PI / 4, 1);
  expect(row?.detail).toContain('disc');
});

it('scores masks of found objects one by one, and over the whole area', () => {
  const [matched, area] = foundMaskRows([
    answeredWith(
      { kind: 'found-masks', label: 'building', polygons: [ring, quadOfEdges(60, 60, 70, 70)] },
      { boxes: [{ ...found(quadOfEdges(10, 10, 21, 30)), mask: [[...ring]] }] },
      { task: 'segment' },
    ),
  ]);
  expect(matched).toMatchObject({ value: 1, n: 1 });
  // 200 of 200 + 100 square pixels.
  expect(area?.value).toBeCloseTo(2 / 3);
});
