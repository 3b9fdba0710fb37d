import type { PixelWindow, Point } from '../../geo/types.ts';
import { type Evidence, type EvidenceThing, type SubjectEvidence, UNKNOWN } from '../evidence.ts';
import { groundOf } from '../ground/ground.ts';
import type { Plan } from '../plan.ts';

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
    ...given,
  };
}

export const plan = (intent: Plan['intent'], subjects: string[], given: Partial<Plan> = {}): Plan => ({
  intent,
  subjects,
  where: null,
  order: null,
  quantity: null,
  filter: null,
  language: 'en',
  certainty: 1,
  ...given,
});

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
