import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A row of `labels.jsonl` with the keys that evaluation reads. In pixels of the full image; boxes are [x0, y0, x1, y1].
 */
export interface LabelRow {
  file: string;
  /** Set instead of `file` for a pair of images. */
  before?: string;
  after?: string;
  w: number;
  h: number;
  licence?: string;
  scene?: string;
  present?: string[];
  contains?: string;
  captions?: string[];
  boxes?: { label: string; box: BoxEdges; obb?: [number, number][] }[] | null;
  boxes_complete_for?: string[];
  building_polygons?: [number, number][][];
  tree_points?: [number, number][];
  changed?: boolean;
  changes?: { box: BoxEdges | null }[];
}

export type BoxEdges = [number, number, number, number];

/** Null if the folder has no such set. Throws if a line isn't JSON. */
export function readLabels(dataDir: string, set: string): LabelRow[] | null {
  const path = join(dataDir, set, 'labels.jsonl');
  if (!existsSync(path)) return null;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as LabelRow);
}

/** `limit` evenly spaced rows; all if there are fewer, or if `limit` is null. */
export function spread<T>(rows: readonly T[], limit: number | null): T[] {
  if (limit === null || limit >= rows.length) return [...rows];
  return Array.from({ length: limit }, (_, index) => rows[Math.floor(((index + 0.5) * rows.length) / limit)]!);
}

/** A share-alike licence, whose photos are marked in the figures; null for others. */
export function restriction(licence: string | undefined): string | null {
  return licence && /BY-SA/i.test(licence) ? licence : null;
}
