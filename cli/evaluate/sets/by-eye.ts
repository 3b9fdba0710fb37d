import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cornersOf } from '../../../src/geo/boxes/rotated-box.ts';
import { type LabelRow, spread } from '../label-files.ts';
import type { ImageRecipe, Question } from '../question.ts';
import { question, type SetContext } from './set.ts';

/** Labels made for Nadir; see its README. */
const LABELS = join(import.meta.dirname, '../../../training/data/labels');
const FILES = ['eval_cars', 'eval_ships', 'eval_pools'];
/** Set names of the labels: their folder in the data folder and the side of a tile. */
const SETS: Record<string, { folder: string; sidePx: number }> = {
  ucm: { folder: 'ucm', sidePx: 256 },
  naip: { folder: 'naip_trees', sidePx: 256 },
};
const NAMES: Record<string, string> = { pool: 'swimming pool' };

/** A picture whose objects of one label were counted by eye and, where they can be told apart, boxed: [cx, cy, w, h, θ] in pixels, θ in degrees. */
interface CountedRow {
  set: string;
  file: string;
  label: string;
  count: number;
  boxes?: { box: [number, number, number, number, number] }[];
}

/** Full parking lots, a marina and pools. Rows whose picture isn't in the data folder give no questions. */
export function byEyeQuestions(context: SetContext, rows: readonly CountedRow[] = readRows()): Question[] {
  const there = rows.filter((row) => existsSync(pathOf(row, context)));
  if (rows.length > 0 && there.length === 0) context.skip(`by_eye: none of its pictures is in ${context.dataDir}.`);
  return spread(there, context.limit).flatMap((row) => asked(row, context));
}

function asked(row: CountedRow, context: SetContext): Question[] {
  const label = NAMES[row.label] ?? row.label;
  if (!context.abilities.classes.includes(label)) {
    context.skip(`by_eye: the model has no class "${label}"; it is not asked for.`);
    return [];
  }
  const size = SETS[row.set]!.sidePx;
  const labels: LabelRow = { file: row.file, w: size, h: size };
  const common = { label, image: imageOf(row, context) };
  const count = question('by_eye', labels, context, {
    ...common,
    task: 'count',
    truth: { kind: 'count', label, count: row.count },
    round: 1,
  });
  if (!row.boxes) return [count];
  const boxes = row.boxes.map(({ box: [cx, cy, w, h, thetaDeg] }) => ({
    corners: cornersOf({ cx, cy, w, h, thetaDeg }),
    upright: false,
  }));
  return [
    count,
    question('by_eye', labels, context, { ...common, task: 'find', truth: { kind: 'boxes', label, boxes }, round: 1 }),
  ];
}

const pathOf = (row: CountedRow, { dataDir }: SetContext) => join(dataDir, SETS[row.set]!.folder, row.file);

function imageOf(row: CountedRow, context: SetContext): ImageRecipe {
  const path = pathOf(row, context);
  const nir = path.replace('images/', 'nir/');
  return row.set === 'naip' && existsSync(nir) ? { kind: 'bands', rgb: path, nir } : { kind: 'file', path };
}

function readRows(): CountedRow[] {
  return FILES.flatMap((name) =>
    readFileSync(join(LABELS, `${name}.jsonl`), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as CountedRow),
  );
}
