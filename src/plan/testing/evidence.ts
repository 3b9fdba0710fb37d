import type { PixelWindow, Point } from '../../geo/types.ts';
import { type CoverEvidence, type Evidence, type EvidenceThing, type SubjectEvidence, UNKNOWN } from '../evidence.ts';
import { groundOf } from '../ground/ground.ts';
import { PLAIN_PLAN, type Plan } from '../plan.ts';

/** Small evidence for tests: a region of 100 × 100 pixels at (0, 0) in four tiles of 50. */

const REGION: PixelWindow = { x: 0, y: 0, width: 100, height: 100 };

export const TILES: PixelWindow[] = [0, 50].flatMap((y) => [0, 50].map((x) => ({ x, y, width: 50, height: 50 })));

/** An upright box of `w` × `h` around a centre. */
export function thing(
  id: string,
  cx: number,
  cy: number,
  given: { w?: number; h?: number; score?: number | null } = {},
): EvidenceThing {
  const { w = 4, h = 2, score = 1 } = given;
  return { id, box: { cx, cy, w, h, thetaDeg: 0 }, rings: null, score };
}

export function outlined(id: string, ring: Point[], score: number | null = 1): EvidenceThing {
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const box = { cx: (left + right) / 2, cy: (top + bottom) / 2, w: right - left, h: bottom - top, thetaDeg: 0 };
  return { id, box, rings: [ring], score };
}

export const known = (given: Partial<SubjectEvidence>): SubjectEvidence => ({ ...UNKNOWN, known: true, ...given });

/** All four tiles were looked at, unless `given` says otherwise. */
export function evidence(subjects: Record<string, SubjectEvidence>, given: Partial<Evidence> = {}): Evidence {
  return {
    region: REGION,
    regionKind: 'scene',
    marked: null,
    tiles: TILES.map((window) => ({ window, state: 'looked' })),
    subjects,
    known: Object.keys(subjects).filter((subject) => subjects[subject]!.known),
    scenes: null,
    cover: null,
    ...given,
  };
}

export const plan = (intent: Plan['intent'], subjects: string[], given: Partial<Plan> = {}): Plan => ({
  ...PLAIN_PLAN,
  intent,
  subjects,
  ...given,
});

/**
 * Land cover of the region in cells of 1 × 10 pixels, so that a tile has 50 columns of them: of each tile the left `shares` are of the
 * classes in their order, with certainty unless `sureness` says how likely; the rest is the last class.
 */
export function landCover(
  labels: readonly string[],
  shares: readonly (readonly number[])[],
  { sureness = 1, iou = null }: { sureness?: number; iou?: number | null } = {},
): CoverEvidence {
  const [cols, rows, n] = [100, 10, labels.length];
  const probabilities = new Uint8Array(rows * cols * n);
  for (let cell = 0; cell < rows * cols; cell++) {
    const [row, col] = [Math.floor(cell / cols), cell % cols];
    const own = shares[Math.floor(row / 5) * 2 + Math.floor(col / 50)]!;
    let left = (col % 50) / 50;
    let index = own.findIndex((share) => {
      left -= share;
      return left < -1e-9;
    });
    if (index < 0) index = n - 1;
    for (let k = 0; k < n; k++) {
      probabilities[cell * n + k] = Math.round(255 * (k === index ? sureness : (1 - sureness) / (n - 1)));
    }
  }
  return {
    raster: { x: 0, y: 0, cellWidth: 1, cellHeight: 10, cols, rows, labels, probabilities },
    classes: labels.map((label) => ({ label, labelZh: null, iou })),
  };
}

/** Two metres a pixel in a CRS without longitude and latitude, so that values are plain arithmetic. */
export const twoMetreGround = groundOf(
  {
    kind: 'affine',
    geotransform: [0, 2, 0, 0, 0, -2],
    crs: null,
    crsName: null,
    proj4: null,
    units: 'metre',
    pixelIsPoint: false,
  },
  100,
  100,
);
