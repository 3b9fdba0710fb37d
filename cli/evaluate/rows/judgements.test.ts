import { describe, expect, it } from 'vitest';
import { answeredWith, found } from '../fakes.ts';
import type { Defect } from '../question.ts';
import { quadOfEdges } from '../scores/boxes.ts';
import { changeRows, presenceAblationRows, qualityRows } from './judgements.ts';
import type { Row } from './row.ts';

const value = (rows: Row[], part: string) => rows.find(({ measure }) => measure.includes(part))?.value;

describe('change', () => {
  const truth = (changed: boolean) => ({
    kind: 'change' as const,
    changed,
    boxes: changed ? [{ corners: quadOfEdges(0, 0, 20, 10), upright: true }] : [],
  });
  const rows = changeRows([
    // The found box is 40 % of the true one.
    answeredWith(truth(true), { text: 'Something changed: change 1.', boxes: [found(quadOfEdges(0, 0, 8, 10))] }),
    answeredWith(truth(true), { text: 'Nothing changed.' }),
    answeredWith(truth(false), { text: 'Nothing changed.' }),
    answeredWith(truth(false), { text: 'Something changed: change 1.', boxes: [found(quadOfEdges(50, 50, 60, 60))] }),
    answeredWith(truth(false), { text: 'This is a beach.' }),
  ]);

  it('scores the answers', () => {
    expect(value(rows, 'answered right')).toBeCloseTo(2 / 5);
    // One hit, two said, two there.
    expect(value(rows, 'F1 of "changed"')).toBe(0.5);
  });

  it('scores boxes strictly and loosely', () => {
    expect(value(rows, 'IoU 0.5')).toBe(0);
    expect(value(rows, 'IoU 0.25')).toBe(0.5);
  });
});

it('scores defects by kind, strictly, and false alarms', () => {
  const quality = (defect: Defect | null, text: string) => answeredWith({ kind: 'quality', defect }, { text });
  const rows = qualityRows([
    quality('noise', 'The image has noise.'),
    quality('noise', 'The image has noise and stripes.'),
    quality('haze', 'Nothing is wrong with this image.'),
    quality(null, 'Nothing is wrong with this image.'),
    quality(null, 'The image has blur.'),
    quality(null, 'This is a beach.'),
  ]);
  expect(value(rows, 'no other')).toBeCloseTo(2 / 6);
  expect(rows.find(({ measure }) => measure === 'noise: named')).toMatchObject({
    value: 1,
    detail: 'named alone in 1',
  });
  expect(value(rows, 'haze')).toBe(0);
  expect(value(rows, 'false alarms')).toBeCloseTo(1 / 3);
});

it('compares presence with and without near infrared, tile by tile', () => {
  const tile = (rgb: string, variant: string, text: string) =>
    answeredWith(
      { kind: 'presence', label: 'trees', present: true, scene: null, derived: false },
      { text },
      { set: 'naip_trees', variant, image: { kind: 'bands', rgb, nir: variant === 'RGB' ? null : '/n' } },
    );
  const [row] = presenceAblationRows([
    tile('/a', 'RGB + NIR', 'Yes.'),
    tile('/a', 'RGB', 'No.'),
    tile('/b', 'RGB + NIR', 'Yes.'),
    tile('/b', 'RGB', 'Yes.'),
    tile('/c', 'RGB', 'Yes.'),
  ]);
  expect(row).toMatchObject({ value: 0.5, n: 2, detail: 'right only with NIR: 1, only without: 0' });
});
