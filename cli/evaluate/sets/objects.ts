import type { Quad } from '../../../src/geo/types.ts';
import type { LabelRow } from '../label-files.ts';
import type { Question, TrueBox, TrueShape } from '../question.ts';
import { quadOfEdges, smallestRectangle } from '../scores/boxes.ts';
import { type EvalSet, question, type SetContext } from './set.ts';

/** Smaller boxes are excluded from mask scores: they are what the image's edge leaves of a building. */
const MIN_SIDE_PX = 4;

/** Every building in the image has a footprint; boxes are the footprints' smallest rectangles. */
export const oamBuildings: EvalSet = {
  id: 'oam_buildings',
  questions: (row, context) => {
    const polygons = row.building_polygons ?? [];
    const boxes = polygons.map((corners) => ({ corners, upright: false }));
    const shapes = polygons.flatMap((ring) => {
      const box = smallestRectangle(ring);
      return isShape(box) ? [{ box, shape: { kind: 'polygon' as const, ring } }] : [];
    });
    return [
      ...findAndCount('oam_buildings', row, 'building', boxes, context),
      ...look('oam_buildings', row, 'building', shapes, context),
      ...segment('oam_buildings', row, 'building', polygons, context),
    ];
  },
};

/** Cars, buses and minibuses are complete in these photographs; of the latter there are few. */
export const aerialCars: EvalSet = {
  id: 'aerial_cars',
  questions: (row, context) => [
    ...boxQuestions('aerial_cars', row, 'car', context),
    ...boxQuestions('aerial_cars', row, 'truck', context, ['bus', 'minibus', 'truck']),
  ],
};

/** Docks of lakes, from a drone. Boats aren't complete: lifts and jetskis have labels of their own. */
export const aerialMaritime: EvalSet = {
  id: 'aerial_maritime',
  questions: (row, context) => boxQuestions('aerial_maritime', row, 'dock', context),
};

/** Only for labels that are complete in the image, so that every miss and every extra box is an error. `labels`: as the set names them. */
export function boxQuestions(
  set: string,
  row: LabelRow,
  label: string,
  context: SetContext,
  labels: readonly string[] = [label],
): Question[] {
  const name = label.replaceAll('_', ' ');
  const of = (row.boxes ?? []).filter((box) => labels.includes(box.label));
  const boxes = of.map(({ box, obb }) =>
    obb ? { corners: obb, upright: false } : { corners: quadOfEdges(...box), upright: true },
  );
  const questions = findAndCount(set, row, name, boxes, context);
  // From above, a tank fills its box as a disc. For other classes the box doesn't determine the shape.
  const discs = name === 'storage tank' ? of : [];
  const shapes = discs.map(({ box }) => ({ box: quadOfEdges(...box), shape: { kind: 'ellipse' as const } }));
  return [...questions, ...look(set, row, name, shapes, context)];
}

function findAndCount(set: string, row: LabelRow, label: string, boxes: TrueBox[], context: SetContext): Question[] {
  if (!context.abilities.classes.includes(label)) {
    context.skip(`${set}: the model has no class "${label}"; its boxes are not asked for.`);
    return [];
  }
  return [
    question(set, row, context, { task: 'find', label, truth: { kind: 'boxes', label, boxes }, round: 1 }),
    question(set, row, context, {
      task: 'count',
      label,
      truth: { kind: 'count', label, count: boxes.length },
      round: 3,
    }),
  ];
}

/**
 * The refiner's masks of true boxes and, in the same call, the dense head's own proposals; also if no shape is known.
 */
function look(set: string, row: LabelRow, label: string, shapes: TrueShape[], context: SetContext): Question[] {
  const { canLook, hasRefiner, classes } = context.abilities;
  if (!classes.includes(label)) return [];
  if (!canLook) {
    context.skip(
      `${set}: neither masks from true boxes nor the dense head alone; the app can’t inspect an image without a question.`,
    );
    return [];
  }
  if (!hasRefiner) context.skip(`${set}: no masks from true boxes; the model has no refiner.`);
  const truth = { kind: 'true-masks' as const, label, shapes: hasRefiner ? shapes : [] };
  return [question(set, row, context, { task: 'masks', label, truth, round: 1 })];
}

function segment(
  set: string,
  row: LabelRow,
  label: string,
  polygons: readonly (readonly [number, number])[][],
  context: SetContext,
): Question[] {
  const { tasks, classes, hasRefiner } = context.abilities;
  if (!hasRefiner || !tasks.includes('segment') || !classes.includes(label)) return [];
  return [
    question(set, row, context, {
      task: 'segment',
      label,
      truth: { kind: 'found-masks', label, polygons: polygons.map((ring) => [...ring]) },
      round: 3,
    }),
  ];
}

function isShape(box: Quad): boolean {
  const side = (a: number, b: number) => Math.hypot(box[a]![0] - box[b]![0], box[a]![1] - box[b]![1]);
  return side(0, 1) >= MIN_SIDE_PX && side(1, 2) >= MIN_SIDE_PX;
}
