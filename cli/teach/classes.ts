import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RotatedBox } from '../../src/geo/types.ts';

/** An image of a class that no model was trained to find, with every such object in it. */
export interface HeldOutImage {
  file: string;
  width: number;
  height: number;
  /** Examples of one lesson come from one scene, and are searched for in others. */
  scene: string;
  boxes: RotatedBox[];
  /** Hulls [x0, y0, x1, y1] in which nothing is judged. */
  unknown: [number, number, number, number][];
}

export interface HeldOutClass {
  name: string;
  lessons: HeldOutImage[];
  search: HeldOutImage[];
}

type Split = 'train' | 'eval';

interface Row {
  set?: string;
  file: string;
  w?: number;
  h?: number;
  boxes: { label: string; box: number[] }[];
  complete?: string[];
  unknown?: { label: string; box: [number, number, number, number] }[];
}

/** Where a class's boxes are: `labels` files are hand labels of this repository, `set` the labels that came with the images. */
interface Source {
  label: string;
  train: string;
  eval: string | null;
  upright: boolean;
  /** Of an image's file name. */
  sceneOf(file: string): string;
}

const FOLDERS: Record<string, string> = { naip: 'naip_trees', ucm: 'ucm', power: 'power_plants' };
const place = (file: string) => /([a-z_]+)_\d{4}_\d+/.exec(file)?.[1] ?? file;
const own = (file: string) => file;

const sources: Record<string, Source> = {
  pool: { label: 'pool', train: 'labels/pools.jsonl', eval: 'labels/eval_pools.jsonl', upright: false, sceneOf: place },
  boat: { label: 'ship', train: 'labels/ships.jsonl', eval: 'labels/eval_ships.jsonl', upright: false, sceneOf: own },
  // A site has a few fields at most: a lesson takes them from the images of one half.
  solar: {
    label: 'solar',
    train: 'labels/solar.jsonl',
    eval: null,
    upright: false,
    sceneOf: (file) => (Number(/_(\d+)/.exec(file)?.[1]) % 2 ? 'odd' : 'even'),
  },
  tree: { label: 'tree', train: 'set/neon_trees', eval: 'set/neon_trees', upright: true, sceneOf: own },
  lift: {
    label: 'lift',
    train: 'set/aerial_maritime',
    eval: 'set/aerial_maritime',
    upright: true,
    sceneOf: (file) => /DJI_\d+/.exec(file)?.[0] ?? file,
  },
};

export const classNames = Object.keys(sources);

/** Null where its labels are missing. Lessons are from training images, and those searched from `split`. */
export function readHeldOut(
  name: string,
  folders: { data: string; labels: string },
  split: Split,
): HeldOutClass | null {
  const source = sources[name]!;
  const lessons = imagesOf(source, 'train', folders);
  const search = split === 'train' ? lessons : imagesOf(source, 'eval', folders);
  return lessons && search && { name, lessons, search };
}

function imagesOf(
  source: Source,
  split: Split,
  { data, labels }: { data: string; labels: string },
): HeldOutImage[] | null {
  const where = source[split];
  if (where === null) return null;
  const isSet = where.startsWith('set/');
  const folder = join(data, split, where.slice(4));
  const path = isSet ? join(folder, 'labels.jsonl') : join(labels, where.slice('labels/'.length));
  if (!existsSync(path)) return null;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const row = JSON.parse(line) as Row;
      const isComplete = isSet || split === 'eval' || row.complete?.includes(source.label);
      const boxes = row.boxes.filter(({ label }) => label === source.label);
      if (!isComplete || (isSet && boxes.length === 0)) return [];
      const file = join(isSet ? folder : join(data, split, FOLDERS[row.set ?? ''] ?? ''), row.file);
      if (!existsSync(file)) return [];
      const { width, height } = row.w && row.h ? { width: row.w, height: row.h } : sizeOfJpeg(file);
      return [
        {
          file,
          width,
          height,
          scene: source.sceneOf(row.file),
          boxes: boxes.map(({ box }) => (source.upright ? fromHull(box) : fromRotated(box))),
          unknown: (row.unknown ?? []).filter(({ label }) => label === source.label).map(({ box }) => box),
        },
      ];
    });
}

function fromHull([x0, y0, x1, y1]: number[]): RotatedBox {
  return { cx: (x0! + x1!) / 2, cy: (y0! + y1!) / 2, w: x1! - x0!, h: y1! - y0!, thetaDeg: 0 };
}

function fromRotated([cx, cy, w, h, thetaDeg]: number[]): RotatedBox {
  return { cx: cx!, cy: cy!, w: w!, h: h!, thetaDeg: ((thetaDeg! % 180) + 180) % 180 };
}

/** From the frame's header. */
function sizeOfJpeg(file: string): { width: number; height: number } {
  const bytes = readFileSync(file);
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw new Error(`${file} is no JPEG`);
}
