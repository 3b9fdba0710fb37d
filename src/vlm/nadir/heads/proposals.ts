import { suppress } from '../../../geo/boxes/suppress.ts';
import type { RotatedBox } from '../../../geo/types.ts';
import type { DetectorSpec, GridSpec, Manifest } from '../../manifest/manifest.ts';
import type { ProposalInputs } from '../../runtime/engine.ts';

/** A place that the dense head proposes. Proposal i of the list has the pointer token `<p{i}>`. */
export interface Proposal {
  /** Index into the detector's classes. */
  classIndex: number;
  /**
   * Detector heat 0–1, uncalibrated. For a fitted class, it is multiplied by the factors of its mask
   * (fit-proposals.ts).
   */
  score: number;
  /** row · cols + col on the dense head's grid. */
  cell: number;
  /** In tile pixels. */
  box: RotatedBox;
}

/** A dense head: its classes, its grid and the rules for proposals. */
export interface DenseHead extends GridSpec {
  classes: readonly { name: string }[];
  proposals: Pick<DetectorSpec['proposals'], 'max' | 'minScores' | 'nmsIou' | 'peakWindow'>;
}

/**
 * Proposals of one tile, by the same rule as the training code:
 * peaks of a class (largest of their peakWindow² neighbourhood, at least the class's minScores) → decode → greedy NMS
 * by rotated IoU within the class → the best `max` over all classes → sorted by class, then score descending, then
 * cell.
 * `heat` f32[rows, cols, classes] sigmoid scores; `geom` f32[rows, cols, 6] = (dx, dy, log w, log h, sin2θ, cos2θ).
 */
export function propose(spec: DenseHead, heat: Float32Array, geom: Float32Array): Proposal[] {
  const classes = spec.classes.length;
  const kept: Proposal[] = [];
  for (let k = 0; k < classes; k++) {
    const candidates = peaksOf(spec, heat, k).map((cell) => ({
      classIndex: k,
      score: heat[cell * classes + k]!,
      cell,
      box: decodeCell(spec, cell, geom),
    }));
    candidates.sort(byScore);
    kept.push(...suppress(candidates, spec.proposals.nmsIou));
  }
  kept.sort(byScore);
  return kept.slice(0, spec.proposals.max).sort(byClass);
}

/** The proposals that a prompt has rows and pointers for, in the order of the pointers (manifest: `detector.prompt`). */
export function prompted(
  spec: Pick<DetectorSpec, 'classes' | 'prompt'>,
  proposals: readonly Proposal[],
): readonly Proposal[] {
  const { classes, prompt } = spec;
  if (!prompt) return proposals;
  const spoken = proposals.filter(({ classIndex }) => prompt.classes.includes(classes[classIndex]!.name));
  return spoken.sort(byScore).slice(0, prompt.max).sort(byClass);
}

/** The order of the pointer tokens: by class, then score descending, then cell. */
export function byClass(a: Proposal, b: Proposal): number {
  return a.classIndex - b.classIndex || b.score - a.score || a.cell - b.cell;
}

function byScore(a: Proposal, b: Proposal): number {
  return b.score - a.score || a.classIndex - b.classIndex || a.cell - b.cell;
}

function peaksOf(
  { classes: { length: classes }, grid, proposals }: DenseHead,
  heat: Float32Array,
  k: number,
): number[] {
  const [rows, cols] = grid;
  // Heat is f32, and the training code compares it with an f32 threshold.
  const minScore = Math.fround(proposals.minScores[k]!);
  const reach = (proposals.peakWindow - 1) / 2;
  const peaks: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const score = heat[(r * cols + c) * classes + k]!;
      if (score >= minScore && isPeak(r, c, score)) peaks.push(r * cols + c);
    }
  }
  return peaks;

  function isPeak(r: number, c: number, score: number): boolean {
    for (let i = Math.max(0, r - reach); i <= Math.min(rows - 1, r + reach); i++) {
      for (let j = Math.max(0, c - reach); j <= Math.min(cols - 1, c + reach); j++) {
        if (heat[(i * cols + j) * classes + k]! > score) return false;
      }
    }
    return true;
  }
}

/** The box of one cell of the dense head. */
export function decodeCell({ stride, grid }: GridSpec, cell: number, geom: Float32Array): RotatedBox {
  const cols = grid[1];
  const [dx, dy, logW, logH, sin2, cos2] = geom.subarray(cell * 6, cell * 6 + 6) as unknown as Six;
  const row = Math.floor(cell / cols);
  const theta = (0.5 * Math.atan2(sin2, cos2) * 180) / Math.PI;
  return {
    cx: ((cell % cols) + 0.5 + dx) * stride,
    cy: (row + 0.5 + dy) * stride,
    w: stride * Math.exp(logW),
    h: stride * Math.exp(logH),
    thetaDeg: (theta + 180) % 180,
  };
}

type Six = [number, number, number, number, number, number];

const none = new Float32Array(0);

/**
 * `heat` f32[rows, cols, C] on the dense head's grid, `neck` f32[rows, cols, F] on the neck's own grid. Each proposal
 * gives one row, with the neck's values at the neck cell that contains its heat cell. A `region` drawn by the user, in
 * tile pixels, gives one more row at the end. That row has the means of heat and neck over the cells of each grid whose
 * centres lie in the region (at least the nearest cell).
 */
export function proposalInputs(
  { detector, connector: { neck }, slicing }: Pick<Manifest, 'detector' | 'connector' | 'slicing'>,
  maps: { heat: Float32Array; neck: Float32Array },
  proposals: readonly Proposal[],
  region: RotatedBox | null,
): ProposalInputs {
  if (!detector || !neck) return { count: 0, geometry: none, scores: none, features: none };
  const classes = detector.classes.length;
  const width = maps.neck.length / (neck.grid[0] * neck.grid[1]);
  const count = proposals.length + (region ? 1 : 0);
  const inputs: ProposalInputs = {
    count,
    geometry: new Float32Array(count * 6),
    scores: new Float32Array(count * classes),
    features: new Float32Array(count * width),
  };
  proposals.forEach((proposal, i) => {
    const cell = cellUnder(neck, detector, proposal.cell);
    inputs.geometry.set(normalisedGeometry(proposal.box, slicing.tile), i * 6);
    inputs.scores[i * classes + proposal.classIndex] = proposal.score;
    inputs.features.set(maps.neck.subarray(cell * width, (cell + 1) * width), i * width);
  });
  if (region) {
    const i = proposals.length;
    inputs.geometry.set(normalisedGeometry(region, slicing.tile), i * 6);
    inputs.scores.set(meanRows(maps.heat, classes, cellsIn(region, detector)), i * classes);
    inputs.features.set(meanRows(maps.neck, width, cellsIn(region, neck)), i * width);
  }
  return inputs;
}

/** The coarse cell that contains the corner, nearest the origin, of a cell of the finer grid. */
export function cellUnder(coarse: GridSpec, fine: GridSpec, cell: number): number {
  const along = (index: number) => Math.floor((index * fine.stride) / coarse.stride);
  const cols = fine.grid[1];
  return along(Math.floor(cell / cols)) * coarse.grid[1] + along(cell % cols);
}

export function normalisedGeometry(box: RotatedBox, tile: number): number[] {
  const twice = (box.thetaDeg * Math.PI) / 90;
  return [box.cx / tile, box.cy / tile, box.w / tile, box.h / tile, Math.sin(twice), Math.cos(twice)];
}

/** Cells whose centres lie in a box, or the nearest cell if there are none; row · cols + col. */
export function cellsIn(box: RotatedBox, { stride, grid: [rows, cols] }: GridSpec): number[] {
  const theta = (box.thetaDeg * Math.PI) / 180;
  const cos = Math.cos(theta);
  const sin = Math.sin(theta);
  const inside: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      const x = (c + 0.5) * stride - box.cx;
      const y = (r + 0.5) * stride - box.cy;
      const u = x * cos + y * sin;
      const v = -x * sin + y * cos;
      if (Math.abs(u) <= box.w / 2 && Math.abs(v) <= box.h / 2) inside.push(r * cols + c);
    }
  }
  if (inside.length > 0) return inside;
  const nearest = (centre: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(centre / stride)));
  return [nearest(box.cy, rows) * cols + nearest(box.cx, cols)];
}

function meanRows(map: Float32Array, width: number, cells: number[]): Float32Array {
  const mean = new Float32Array(width);
  for (let i = 0; i < width; i++) {
    let sum = 0;
    for (const cell of cells) sum += map[cell * width + i]!;
    mean[i] = sum / cells.length;
  }
  return mean;
}
