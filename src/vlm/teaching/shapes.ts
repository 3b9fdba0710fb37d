import { normaliseTheta } from '../../geo/boxes/rotated-box.ts';
import type { RotatedBox } from '../../geo/types.ts';
import { textOf } from '../../teaching/float-text.ts';
import { SHAPE, type TaughtHead } from '../../teaching/taught-class.ts';
import type { LearnRequest } from '../types.ts';
import { directionOf, type Rows, solveRidge, valueAt } from './kernel-ridge.ts';
import type { Whitening } from './whitening.ts';

type Shape = TaughtHead['shape'];
/** log w, log h, sin 2θ, cos 2θ. */
type Numbers4 = [number, number, number, number];

/** Fewer examples say nothing of how shapes vary. */
const LEAST_EXAMPLES = 4;
/** Shapes follow the features only if that leaves out at least this share of their variance, examples left out in turn. */
const LEAST_GAIN = 0.2;
const RIDGE = 1;
/** Sizes and angles beyond these standard deviations from the examples' are not believed. */
const MOST_RATIO = 2;

export function medianShape(boxes: readonly RotatedBox[]): Shape {
  const numbers = boxes.map(numbersOf);
  const mean = (k: number) => numbers.reduce((sum, each) => sum + each[k]!, 0) / numbers.length;
  return {
    w: median(boxes.map(({ w }) => w)),
    h: median(boxes.map(({ h }) => h)),
    thetaDeg: angleOf(mean(2), mean(3)),
  };
}

/** How shapes follow from whitened descriptions, in the form of `TaughtHead.reshape`; null if examples show no such rule. */
export function reshapeFrom(
  rows: Rows,
  examples: LearnRequest['views'][number]['examples'],
  shape: Shape,
  whitening: Whitening,
): string | null {
  const ones = new Set(examples.flatMap(({ id, isOne }) => (isOne ? [id] : [])));
  if (ones.size < LEAST_EXAMPLES) return null;
  const usual = numbersOf({ cx: 0, cy: 0, ...shape });
  const outputs = [0, 1, 2, 3].map((k) => {
    // A counterexample has no shape; it pulls nothing.
    const targets = examples.map(({ box, isOne }) => (isOne ? numbersOf(box)[k]! - usual[k]! : 0));
    const gain = gainOf(rows, targets, [...ones]);
    const factors = gain >= LEAST_GAIN ? solveRidge(rows, targets, RIDGE) : null;
    return factors && whitening.unapply(directionOf(rows, factors), 0);
  });
  if (outputs.every((output) => output === null)) return null;
  const dim = outputs.find((output) => output !== null)!.weights.length;
  const matrix = new Float32Array(SHAPE * (dim + 1));
  outputs.forEach((output, k) => {
    if (!output) return;
    matrix.set(output.weights, k * (dim + 1));
    matrix[k * (dim + 1) + dim] = output.bias;
  });
  return textOf(matrix);
}

/** The shape at a cell. `description` f32[dim]; `matrix` as `TaughtHead.reshape`, decoded. */
export function shapeAt(usual: Shape, matrix: Float32Array | null, description: Float32Array): Shape {
  if (!matrix) return usual;
  const dim = description.length;
  const numbers = numbersOf({ cx: 0, cy: 0, ...usual }).map((value, k) => {
    let sum = matrix[k * (dim + 1) + dim]!;
    for (let d = 0; d < dim; d++) sum += matrix[k * (dim + 1) + d]! * description[d]!;
    return k < 2 ? value + Math.min(Math.log(MOST_RATIO), Math.max(-Math.log(MOST_RATIO), sum)) : value + sum;
  }) as Numbers4;
  return { w: Math.exp(numbers[0]), h: Math.exp(numbers[1]), thetaDeg: angleOf(numbers[2], numbers[3]) };
}

/** Share of the targets' squares that examples left out in turn would have been spared. */
function gainOf(rows: Rows, targets: readonly number[], ids: readonly number[]): number {
  let before = 0;
  let after = 0;
  for (const id of ids) {
    const factors = solveRidge(rows, targets, RIDGE, id);
    rows.groups.forEach((group, i) => {
      if (group !== id) return;
      before += targets[i]! ** 2;
      after += (targets[i]! - valueAt(rows, factors, i)) ** 2;
    });
  }
  return before > 1e-6 ? 1 - after / before : 0;
}

function numbersOf({ w, h, thetaDeg }: RotatedBox): Numbers4 {
  const twice = (thetaDeg * Math.PI) / 90;
  return [Math.log(w), Math.log(h), Math.sin(twice), Math.cos(twice)];
}

const angleOf = (sin2: number, cos2: number) => normaliseTheta((Math.atan2(sin2, cos2) * 90) / Math.PI);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle - 0.25)]! + sorted[Math.floor(middle + 0.25)]!) / 2;
}
