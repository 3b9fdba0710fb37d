import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskId } from '../../src/workers/vlm/api.ts';

/** A row of `labels.jsonl`; only the keys that evaluation reads. Pixels of the full image. */
export interface LabelRow {
  file: string;
  w: number;
  h: number;
  licence?: string;
  scene?: string;
  present?: string[];
  captions?: string[];
  boxes?: { label: string; box: [number, number, number, number]; obb?: [number, number][] }[] | null;
  boxes_complete_for?: string[];
  building_polygons?: [number, number][][];
}

/** What an answer is held against. */
export type Truth =
  | { kind: 'scene'; scene: string }
  | { kind: 'presence'; label: string; present: boolean; scene: string }
  | { kind: 'caption'; references: string[] }
  | { kind: 'count'; label: string; count: number }
  | { kind: 'boxes'; label: string; boxes: { corners: [number, number][]; upright: boolean }[] };

export interface Question {
  /** Names the question in the answers file, so that a stopped run goes on where it stopped. */
  id: string;
  set: string;
  file: string;
  task: TaskId;
  label: string | null;
  text: string | null;
  truth: Truth;
}

/** UC Merced's presence labels as a person would ask for them. */
export const PRESENCE_QUESTIONS: Record<string, string> = {
  airplane: 'Is there an airplane in this image?',
  'bare-soil': 'Is there bare soil in this image?',
  buildings: 'Is there a building in this image?',
  cars: 'Is there a car in this image?',
  chaparral: 'Is there chaparral in this image?',
  court: 'Is there a court in this image?',
  dock: 'Is there a dock in this image?',
  field: 'Is there a field in this image?',
  grass: 'Is there grass in this image?',
  'mobile-home': 'Is there a mobile home in this image?',
  pavement: 'Is there pavement in this image?',
  sand: 'Is there sand in this image?',
  sea: 'Is there sea in this image?',
  ship: 'Is there a ship in this image?',
  tanks: 'Is there a storage tank in this image?',
  trees: 'Is there a tree in this image?',
  water: 'Is there water in this image?',
};

const readable = (label: string) => label.replaceAll('_', ' ');

/** All questions over the sets found under `dataDir`; `limit` images a set, taken evenly over it. */
export function planQuestions(dataDir: string, limit: number | null): Question[] {
  const questions: Question[] = [];
  for (const set of ['ucm', 'oam_buildings', 'aerial_cars']) {
    const labels = join(dataDir, set, 'labels.jsonl');
    if (!existsSync(labels)) continue;
    const rows = readFileSync(labels, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LabelRow);
    const step = limit === null ? 1 : Math.max(1, rows.length / limit);
    for (let at = 0; Math.floor(at) < rows.length; at += step) {
      const row = rows[Math.floor(at)]!;
      questions.push(...questionsOf(set, join(dataDir, set, row.file), row));
    }
  }
  return questions;
}

/** Exported for its test. */
export function questionsOf(set: string, file: string, row: LabelRow): Question[] {
  const questions: Question[] = [];
  const add = (task: TaskId, label: string | null, text: string | null, truth: Truth) =>
    questions.push({ id: `${set}/${row.file}/${task}/${label ?? text ?? ''}`, set, file, task, label, text, truth });

  if (row.scene) add('classify', null, null, { kind: 'scene', scene: row.scene });
  if (row.captions) add('describe', null, null, { kind: 'caption', references: row.captions });
  if (row.present && row.scene) {
    for (const [label, text] of Object.entries(PRESENCE_QUESTIONS)) {
      add('ask', null, text, { kind: 'presence', label, present: row.present.includes(label), scene: row.scene });
    }
  }
  for (const [label, boxes] of boxesByLabel(set, row)) {
    const name = readable(label);
    add('find', name, null, { kind: 'boxes', label: name, boxes });
    add('count', name, null, { kind: 'count', label: name, count: boxes.length });
  }
  return questions;
}

/** Only labels that are complete in the image, so that every miss and every surplus box is one. */
function boxesByLabel(set: string, row: LabelRow): Map<string, { corners: [number, number][]; upright: boolean }[]> {
  const all = new Map<string, { corners: [number, number][]; upright: boolean }[]>();
  if (set === 'oam_buildings') {
    all.set(
      'building',
      (row.building_polygons ?? []).map((corners) => ({ corners, upright: false })),
    );
    return all;
  }
  const complete = set === 'aerial_cars' ? ['car'] : (row.boxes_complete_for ?? []);
  for (const label of complete) {
    const boxes = (row.boxes ?? []).filter((box) => box.label === label);
    all.set(
      label,
      boxes.map(({ box: [x0, y0, x1, y1], obb }) =>
        obb
          ? { corners: obb, upright: false }
          : {
              corners: [
                [x0, y0],
                [x1, y0],
                [x1, y1],
                [x0, y1],
              ] as [number, number][],
              upright: true,
            },
      ),
    );
  }
  return all;
}
