import type { Point } from '../../../src/geo/types.ts';
import type { Answered } from '../answer-line.ts';
import type { TrueShape } from '../question.ts';
import { matchPairs } from '../scores/boxes.ts';
import { ellipseIn, maskIou, rasterise, unionOf } from '../scores/masks.ts';
import { bootstrap, mean } from '../scores/ratio.ts';
import { groupBy, ofKind, type Row, row, type Target } from './row.ts';

const TARGET: Target = { must: 0.7, hoped: 0.85, better: 'more' };
const IOU = 0.5;

type Size = { width: number; height: number };

/**
 * Masks that the refiner makes of true boxes, compared with the score of the bare box. A box without a mask scores 0.
 */
export function trueMaskRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'true-masks');
  return groupBy(items, ({ question: { set, truth } }) => `${set}, ${truth.label}`).flatMap(([name, of]) => {
    const byImage = of.map(({ question: { truth, size }, answer }) =>
      truth.shapes.map((shape, index) => shapeIou(shape, answer.masks?.[index] ?? null, size)),
    );
    const all = byImage.flat();
    if (all.length === 0) return [];
    const disc = of[0]!.question.truth.shapes[0]?.shape.kind === 'ellipse';
    const truth = disc ? 'truth: the disc that fills the box, not a drawn outline' : 'truth: the drawn polygon';
    const pooled = (pick: 'byMask' | 'byBox') => (images: readonly (readonly { byMask: number; byBox: number }[])[]) =>
      mean(images.flat().map((each) => each[pick]));
    return [
      row('Masks', `${name}: mean IoU from true boxes`, bootstrap(byImage, pooled('byMask')), {
        n: all.length,
        of: 'objects',
        detail: `the box itself: ${mean(all.map(({ byBox }) => byBox)).toFixed(3)}; ${truth}`,
        target: TARGET,
      }),
    ];
  });
}

function shapeIou(
  { box, shape }: TrueShape,
  mask: readonly (readonly Point[])[] | null,
  size: Size,
): { byMask: number; byBox: number } {
  const truth = rasterise([shape.kind === 'ellipse' ? ellipseIn(box) : shape.ring], size);
  const orZero = (iou: number) => (Number.isNaN(iou) ? 0 : iou);
  return {
    byMask: mask === null ? 0 : orZero(maskIou(rasterise(mask, size), truth)),
    byBox: orZero(maskIou(rasterise([box], size), truth)),
  };
}

/** Masks of what the model found itself: of matched objects one by one, and of a label's whole area in an image. */
export function foundMaskRows(answered: readonly Answered[]): Row[] {
  const items = ofKind(answered, 'found-masks');
  return groupBy(items, ({ question: { set, truth } }) => `${set}, ${truth.label}`).flatMap(([name, of]) => {
    const matched = of.flatMap(({ question: { truth, size }, answer }) => {
      const boxes = truth.polygons.map((corners) => ({ corners, upright: false }));
      const found = answer.boxes.map(({ corners }) => corners);
      return matchPairs(found, boxes, IOU, 'hull').map((match) => {
        const rings = answer.boxes[match.found]!.mask ?? [found[match.found]!];
        return maskIou(rasterise(rings, size), rasterise([truth.polygons[match.truth]!], size));
      });
    });
    const areas = of.map(({ question: { truth, size }, answer }) => {
      const found = answer.boxes.map(({ mask, corners }) => rasterise(mask ?? [corners], size));
      const there = truth.polygons.map((ring) => rasterise([ring], size));
      return maskIou(unionOf(found, size), unionOf(there, size));
    });
    return [
      row('Masks', `${name}: mean IoU of found objects (matched at box IoU 0.5)`, mean(matched), {
        n: matched.length,
        of: 'matched objects',
      }),
      row(
        'Masks',
        `${name}: IoU of the whole area, mean over images`,
        bootstrap(
          areas.filter((iou) => !Number.isNaN(iou)),
          mean,
        ),
        {
          detail: 'images with neither are left out',
        },
      ),
    ];
  });
}
