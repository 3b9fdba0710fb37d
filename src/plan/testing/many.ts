import type { PixelWindow } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';
import type { Evidence, EvidenceThing, SubjectEvidence } from '../evidence.ts';
import { type Ground, groundOf } from '../ground/ground.ts';
import type { Plan } from '../plan.ts';
import { known, plan } from './evidence.ts';

/** A large scene: cars and buildings strewn over tiles at the model's scale, for tests and timings of plans. */

/** About as many things as a suburb has on each tile. */
const THINGS_A_TILE = 9;
const TILE_PX = 256;
const STRIDE_PX = 192;

const PLACE: Georeference = {
  kind: 'affine',
  geotransform: [447_000, 0.3, 0, 3_786_000, 0, -0.3],
  crs: 'EPSG:32611',
  crsName: 'WGS 84 / UTM zone 11N',
  proj4: '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs',
  units: 'metre',
  pixelIsPoint: false,
};

export function manyThings(count: number): {
  evidence: Evidence;
  ground: Ground;
  image: { georeference: Georeference; width: number; height: number };
} {
  const across = Math.ceil(Math.sqrt(count / THINGS_A_TILE));
  const side = across * STRIDE_PX + TILE_PX - STRIDE_PX;
  const region: PixelWindow = { x: 0, y: 0, width: side, height: side };
  const random = mulberry(count);
  const tiles = Array.from({ length: across ** 2 }, (_, i) => ({
    x: (i % across) * STRIDE_PX,
    y: Math.floor(i / across) * STRIDE_PX,
    width: TILE_PX,
    height: TILE_PX,
  }));
  const strewn = (subject: string, size: number): SubjectEvidence => {
    const cells = Math.ceil(Math.sqrt(count));
    const cell = side / cells;
    const things = Array.from({ length: count }, (_, i): EvidenceThing => {
      const box = {
        cx: ((i % cells) + 0.1 + 0.8 * random()) * cell,
        cy: (Math.floor(i / cells) + 0.1 + 0.8 * random()) * cell,
        w: size * (0.7 + 0.6 * random()),
        h: size * (0.4 + 0.3 * random()),
        thetaDeg: 180 * random(),
      };
      return { id: `${subject} ${i}`, box, rings: null, score: 0.3 + 0.7 * random() };
    });
    return known({ things, recall: 0.8, placeSpread: 0.5 });
  };
  const image = { georeference: PLACE, width: side, height: side };
  return {
    image,
    ground: groundOf(PLACE, side, side),
    evidence: {
      region,
      regionKind: 'scene',
      marked: null,
      tiles: tiles.map((window) => ({ window, state: 'looked' })),
      subjects: {
        car: strewn('car', 16),
        building: strewn('building', 40),
        tree: known({ densities: tiles.map((window) => ({ window, count: 3 })), densityError: 0.3 }),
        water: known({ presence: tiles.map((window, i) => ({ window, probability: i % 7 === 0 ? 0.9 : 0.1 })) }),
      },
      known: ['car', 'building', 'tree', 'water'],
      cover: null,
      scenes: tiles.map((window, i) => ({
        window,
        scores: [{ label: i % 3 === 0 ? 'forest' : 'airport', probability: 0.8 }],
      })),
    },
  };
}

/** One plan of each kind that is about many things. */
export const plansOfMany: Readonly<Record<string, Plan>> = {
  find: plan('find', ['car']),
  'count of two': plan('count', ['car', 'building']),
  'count in a half': plan('count', ['car'], { where: 'north' }),
  'count by density': plan('count', ['tree']),
  exists: plan('exists', ['water']),
  near: plan('count', ['car'], { where: 'near:building' }),
  within: plan('find', ['car'], { where: 'near:building', filter: 'distance<5 m' }),
  inside: plan('count', ['car'], { where: 'inside:building' }),
  nearest: plan('extreme', ['car'], { order: 'nearest:building' }),
  compare: plan('compare', ['car', 'building']),
  'compare areas': plan('compare', ['car', 'building'], { quantity: 'total area' }),
  'several places': plan('compare', ['car', 'building'], { where: 'quadrants' }),
  'near the largest': plan('count', ['car'], { where: 'near:largest building (top 50)' }),
  area: plan('measure', ['building'], { quantity: 'area' }),
  'total area': plan('measure', ['building'], { quantity: 'total area' }),
  share: plan('measure', ['building'], { quantity: 'share', where: 'east' }),
  distance: plan('measure', ['car', 'building'], { quantity: 'distance' }),
  apart: plan('measure', ['car'], { quantity: 'distance' }),
  spacing: plan('measure', ['car'], { quantity: 'spacing' }),
  density: plan('measure', ['car'], { quantity: 'density' }),
  largest: plan('extreme', ['building'], { order: 'largest' }),
  northernmost: plan('extreme', ['building'], { order: 'northernmost' }),
  filter: plan('count', ['building'], { filter: 'area>20 m2' }),
  describe: plan('describe', []),
  classify: plan('classify', []),
};

/** Random numbers in 0–1 that are the same every time. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
