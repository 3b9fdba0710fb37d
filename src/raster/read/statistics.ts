import { intersect } from '../../geo/windows.ts';
import type { StatisticsRequest, ValueLimit, ValueStatistics } from '../../imagery/statistics.ts';
import { NadirError } from '../../lib/errors.ts';
import { bandsOf, type Expression, evaluate, parseExpression } from '../../render/expression.ts';
import type { RasterScene } from '../scene.ts';
import { type Place, planSample, readPlace, type SamplePlan } from './sample.ts';

/** A window of up to this many pixels is read at full resolution. */
const MOST_PIXELS = 8 * 1024 * 1024;
/** Rows of about this many pixels are read at once. */
const PIXELS_TOGETHER = 512 * 1024;
const MOST_BINS = 40;

/**
 * Statistics of an expression's values. Every pixel of the window counts once; a window that is too large is read from
 * the finest overview that is small enough, else in evenly spread blocks. The pixels are read twice, because the bins
 * depend on the range, so that memory doesn't grow with the window. Errors: EXPRESSION_INVALID, WINDOW_OUTSIDE, those of
 * reading.
 */
export async function computeStatistics(
  scene: RasterScene,
  { expression: text, window, limits }: Omit<StatisticsRequest, 'scene'>,
  signal: AbortSignal | null,
): Promise<ValueStatistics> {
  const expression = parseExpression(text, scene.bands.length);
  if (!intersect(window, { x: 0, y: 0, width: scene.width, height: scene.height })) {
    throw new NadirError('WINDOW_OUTSIDE', 'The region lies outside the image. Choose one inside it.');
  }
  const plan = planSample(scene, window, MOST_PIXELS);
  const about = {
    factor: plan.level.factorX,
    pixels: plan.pixels,
    isWhole: plan.pixels === plan.part.width * plan.part.height,
  };
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let isWholeNumbers = true;
  await eachValue(plan, expression, signal, (value) => {
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    isWholeNumbers &&= Number.isInteger(value);
  });
  if (count === 0) {
    const within = limits.length > 0 ? 0 : null;
    return { ...about, count, min: 0, max: 0, mean: 0, stdDev: 0, edges: [], bins: [], within };
  }
  const mean = sum / count;
  const edges = edgesFor(min, max, isWholeNumbers);
  const bins = new Array<number>(edges.length - 1).fill(0);
  let [squares, within] = [0, 0];
  await eachValue(plan, expression, signal, (value) => {
    squares += (value - mean) ** 2;
    bins[binOf(value, edges)]!++;
    if (limits.every((limit) => keeps(value, limit))) within++;
  });
  const stdDev = Math.sqrt(squares / count);
  return { ...about, count, min, max, mean, stdDev, edges, bins, within: limits.length > 0 ? within : null };
}

/** Passes on the value of every pixel that has one. */
async function eachValue(
  { level, finest, places }: SamplePlan,
  expression: Expression,
  signal: AbortSignal | null,
  take: (value: number) => void,
): Promise<void> {
  const bands = bandsOf(expression);
  const slots = new Map(bands.map((band, slot) => [band, slot]));
  for (const place of places.flatMap((each) => strips(each, level.blockRows))) {
    const planes = await readPlace(level, finest, place, bands, signal);
    let pixel = 0;
    const sample = (band: number) => planes[slots.get(band)!]![pixel]!;
    for (pixel = 0; pixel < place.width * place.height; pixel++) {
      const value = evaluate(expression, sample);
      if (Number.isFinite(value)) take(value);
    }
  }
}

/** A place in strips of whole rows of blocks, as far as its size allows. */
function strips(place: Place, blockRows: number): Place[] {
  const wanted = Math.max(1, Math.floor(PIXELS_TOGETHER / place.width));
  const rows = Math.max(blockRows, wanted - (wanted % blockRows));
  const bottom = place.y + place.height;
  const found: Place[] = [];
  for (let y = place.y; y < bottom; ) {
    const end = Math.min(bottom, (Math.floor(y / blockRows) + 1) * blockRows + rows - blockRows);
    found.push({ ...place, y, height: end - y });
    y = end;
  }
  return found;
}

/** At most about 40 equal bins, whose edges are short numbers; of whole numbers, at least one wide. */
export function edgesFor(min: number, max: number, isWholeNumbers: boolean): number[] {
  const span = max - min;
  // One value, or a range that is lost in the values' own rounding.
  if (!(span > 1e-9 * Math.max(Math.abs(min), Math.abs(max)))) {
    const half = isWholeNumbers ? 0.5 : Math.max(Math.abs(min) * 1e-3, 1e-6);
    return [min - half, max + half];
  }
  const power = Math.floor(Math.log10(span / MOST_BINS));
  const sizes = [1, 2, 5, 10, 20].map((size) => ({ size, power }));
  const { size } = sizes.find((each) => each.size * 10 ** power * MOST_BINS >= span)!;
  const isBelowOne = isWholeNumbers && size * 10 ** power < 1;
  const edge = (k: number) => (isBelowOne ? k : shortProduct(k * size, power));
  const step = isBelowOne ? 1 : size * 10 ** power;
  let first = Math.floor(min / step);
  while (edge(first) > min) first--;
  while (edge(first + 1) <= min) first++;
  const edges = [edge(first)];
  for (let k = first + 1; edges.at(-1)! < max && edges.length <= 2 * MOST_BINS; k++) edges.push(edge(k));
  return edges;
}

/** whole · 10^power, rounded once: 7 · 10^−2 is 0.07. */
const shortProduct = (whole: number, power: number): number => Number(`${whole}e${power}`);

function binOf(value: number, edges: readonly number[]): number {
  const last = edges.length - 2;
  const guess = Math.floor(((value - edges[0]!) / (edges.at(-1)! - edges[0]!)) * (last + 1));
  let bin = Math.min(last, Math.max(0, guess));
  while (bin > 0 && value < edges[bin]!) bin--;
  while (bin < last && value >= edges[bin + 1]!) bin++;
  return bin;
}

function keeps(value: number, limit: ValueLimit): boolean {
  switch (limit.is) {
    case '<':
      return value < limit.value;
    case '<=':
      return value <= limit.value;
    case '>':
      return value > limit.value;
    case '>=':
      return value >= limit.value;
  }
}
