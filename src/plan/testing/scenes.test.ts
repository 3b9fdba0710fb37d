import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Geotransform, PixelWindow, Point } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';
import type { CoverEvidence, Evidence, EvidenceThing, SubjectEvidence, TileState } from '../evidence.ts';
import { UNKNOWN } from '../evidence.ts';
import { groundOf } from '../ground/ground.ts';
import { type Plan, parsePlan } from '../plan.ts';
import type { Result } from '../result.ts';
import { idsIn, runPlan } from '../run/run.ts';
import { writeAnswer } from '../write/write.ts';

/** Scenes and truth by make_scenes.py: shapely and PROJ. */

interface Scene {
  name: string;
  width: number;
  height: number;
  region: [number, number, number, number];
  proj4: string | null;
  geotransform: Geotransform | null;
  marked: Point[];
  tiles: { window: [number, number, number, number]; state: TileState['state'] }[];
  things: Record<
    string,
    { id: string; box: [number, number, number, number, number]; score: number; ring?: Point[] }[]
  >;
  densities: number[];
  presence: number[];
  cover: number[];
  questions: { plan: Plan; expect: Expected }[];
}

/** What the truth says of a result; what isn't there isn't compared. */
interface Expected {
  kind: Result['kind'];
  reason?: string;
  count?: number;
  total?: number;
  ids?: string[];
  inOrder?: string[];
  interval?: [number, number];
  verdict?: string;
  probability?: number;
  value?: number;
  unit?: string;
  /** Amounts in the result's own order. */
  each?: (number | null)[];
  of?: number;
  most?: string | null;
  /** Of several places: the index of the one asked for, whether that holds, and what lies in none or several of them. */
  first?: number | null;
  sure?: boolean;
  elsewhere?: number;
  shared?: string[];
  /** What a plan chose to measure from. */
  reference?: string[];
}

const scenes: Scene[] = JSON.parse(readFileSync(new URL('./scenes.json', import.meta.url), 'utf8'));

const windowOf = ([x, y, width, height]: readonly [number, number, number, number]): PixelWindow => ({
  x,
  y,
  width,
  height,
});

function evidenceOf(scene: Scene): Evidence {
  const looked = scene.tiles
    .map(({ window, state }, i) => ({ window: windowOf(window), state, i }))
    .filter(({ state }) => state === 'looked');
  const things = (name: string): EvidenceThing[] =>
    scene.things[name]!.map(({ id, box: [cx, cy, w, h, thetaDeg], ring, score }) => ({
      id,
      box: { cx, cy, w, h, thetaDeg },
      rings: ring ? [ring] : null,
      score,
    }));
  const known = (given: Partial<SubjectEvidence>): SubjectEvidence => ({
    ...UNKNOWN,
    known: true,
    leastScore: 0.3,
    ...given,
  });
  return {
    region: windowOf(scene.region),
    regionKind: scene.region[0] === 0 ? 'scene' : 'drawn',
    marked: scene.marked,
    tiles: scene.tiles.map(({ window, state }) => ({ window: windowOf(window), state })),
    subjects: {
      ...Object.fromEntries(Object.keys(scene.things).map((name) => [name, known({ things: things(name) })])),
      tree: known({ densities: looked.map(({ window, i }) => ({ window, count: scene.densities[i]! })) }),
      ship: known({ presence: looked.map(({ window, i }) => ({ window, probability: scene.presence[i]! })) }),
      grass: known({ cover: { classes: [0], isExact: true } }),
      'swimming pool': UNKNOWN,
    },
    known: [...Object.keys(scene.things), 'tree', 'ship', 'grass'],
    scenes: null,
    cover: coverOf(scene),
  };
}

/** Cells of a hundredth of a tile's width and its whole height; grass are the left ones of each tile, as many as its share says. */
function coverOf({ tiles, cover }: Scene): CoverEvidence {
  const xs = [...new Set(tiles.map(({ window: [x] }) => x))];
  const [x, y, width, height] = tiles[0]!.window;
  const cols = 100 * xs.length;
  const rows = tiles.length / xs.length;
  const probabilities = new Uint8Array(2 * cols * rows);
  tiles.forEach(({ state }, i) => {
    for (let col = 0; state === 'looked' && col < 100; col++) {
      const cell = Math.floor(i / xs.length) * cols + (i % xs.length) * 100 + col;
      probabilities[2 * cell + (col < Math.round(100 * cover[i]!) ? 0 : 1)] = 255;
    }
  });
  return {
    raster: { x, y, cellWidth: width / 100, cellHeight: height, cols, rows, labels: ['grass', 'other'], probabilities },
    classes: ['grass', 'other'].map((label) => ({ label, labelZh: null, iou: null })),
  };
}

function georeferenceOf({ geotransform, proj4 }: Scene): Georeference {
  if (!geotransform) return { kind: 'none', reason: 'generated' };
  return { kind: 'affine', geotransform, crs: null, crsName: null, proj4, units: 'unknown', pixelIsPoint: false };
}

/** Relative; the truth goes through another projection library and other polygons. */
const TOLERANCE = 2e-5;
const near = (a: number | undefined, b: number) =>
  a !== undefined && Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(b), 1e-3);

/** What differs between a result and its truth; empty if nothing does. */
function differences(result: Result, truth: Expected): string[] {
  const wrong: string[] = [];
  const same = (name: string, got: unknown, wanted: unknown) => {
    if (wanted !== undefined && JSON.stringify(got) !== JSON.stringify(wanted)) {
      wrong.push(`${name} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
    }
  };
  const close = (name: string, got: number | null | undefined, wanted: number | undefined) => {
    if (wanted !== undefined && !near(got ?? undefined, wanted)) wrong.push(`${name} is ${got}, not ${wanted}`);
  };
  same('kind', result.kind, truth.kind);
  same(
    'reason',
    result.kind === 'cannot' ? result.reason : undefined,
    truth.reason ?? (result.kind === 'cannot' ? 'none' : undefined),
  );
  const row = result.kind === 'count' ? result.rows[0] : null;
  same('count', row?.count, truth.count);
  same('interval', row?.interval && [row.interval.low, row.interval.high], truth.interval);
  same('total', result.kind === 'count' ? result.total?.count : null, truth.total);
  same('ids', idsIn(result).sort(), truth.ids && [...truth.ids].sort());
  same('inOrder', idsIn(result), truth.inOrder);
  const exists = result.kind === 'exists' ? result.rows[0] : null;
  same('verdict', exists?.verdict, truth.verdict);
  const places = result.kind === 'places' ? result : null;
  close('probability', (exists ?? places)?.probability, truth.probability);
  same('first', places?.first, truth.first);
  same('sure', places?.isSure, truth.sure);
  same('elsewhere', places?.elsewhere, truth.elsewhere);
  same('shared', places && [...places.sharedIds].sort(), truth.shared);
  const reference = result.references[0]?.things.map(({ id }) => id) ?? [];
  same('reference', reference.sort(), truth.reference && [...truth.reference].sort());
  const [pick] = result.kind === 'extreme' ? result.picks : [];
  const amount = result.kind === 'measure' ? result.amount : pick?.amount;
  close('value', amount?.value, truth.value);
  same('unit', amount?.unit, truth.unit);
  same('of', result.kind === 'extreme' ? result.of : null, truth.of);
  same('most', result.kind === 'compare' ? result.most : null, truth.most);
  const each =
    result.kind === 'measure' ? result.each : result.kind === 'compare' || result.kind === 'places' ? result.rows : [];
  if (truth.each && each.length !== truth.each.length) wrong.push(`${each.length} amounts, not ${truth.each.length}`);
  truth.each?.forEach((value, i) => {
    if (value === null) same(`amount ${i}`, each[i]?.amount, null);
    else close(`amount ${i}`, each[i]?.amount?.value, value);
  });
  return wrong;
}

describe('plans on generated scenes', () => {
  const answers = scenes.flatMap((scene) => {
    const ground = groundOf(georeferenceOf(scene), scene.width, scene.height);
    const evidence = evidenceOf(scene);
    return scene.questions.map(({ plan, expect: truth }) => {
      const result = runPlan(parsePlan(plan), evidence, ground);
      return { scene: scene.name, plan, result, wrong: differences(result, truth) };
    });
  });

  it('gives the truth for all 700', () => {
    expect(answers).toHaveLength(700);
    const wrong = answers
      .filter((answer) => answer.wrong.length > 0)
      .map(({ scene, plan, wrong }) => `${scene}: ${JSON.stringify(plan)}: ${wrong.join('; ')}`);
    expect(wrong).toEqual([]);
  });

  it('asks every kind of question in every kind of place', () => {
    const kinds = new Set(answers.map(({ plan }) => `${plan.intent} ${plan.quantity ?? ''}`));
    expect(kinds.size).toBeGreaterThanOrEqual(17);
    const cannot = new Set(answers.map(({ result }) => (result.kind === 'cannot' ? result.reason : '')));
    expect([...cannot].sort()).toEqual(
      expect.arrayContaining(['attribute', 'no-count', 'no-places', 'unknown-anchor', 'unknown-subject']),
    );
    expect(new Set(answers.map(({ plan }) => plan.where?.split(':')[0])).size).toBeGreaterThanOrEqual(20);
  });

  it('writes each in its language, without holes', () => {
    for (const { plan, result } of answers) {
      const text = writeAnswer(plan, result)!.text;
      expect(text, JSON.stringify(plan)).toMatch(plan.language === 'zh' ? /[。？]$/ : /[.?]$/);
      expect(text, JSON.stringify(plan)).not.toMatch(/undefined|NaN|null|Infinity|\[object| {2}| [.,;:]/);
      expect(/\p{Script=Han}/u.test(text)).toBe(plan.language === 'zh');
    }
  });
});
