import { describe, expect, it } from 'vitest';
import { boxFromCorners, cornersOf } from '../geo/rotated-box.ts';
import type { AskEvent } from '../workers/vlm/api.ts';
import { readAnswer } from './answer.ts';
import { nadir } from './dialects/nadir.ts';
import type { RefinerInputs } from './engine.ts';
import type { Manifest } from './manifest.ts';
import type { Proposal } from './proposals.ts';
import { type Reading, readRefined } from './refine-answer.ts';

const size = 16;
const classes = ['tank', 'building', 'car'].map((name) => ({ name, plural: `${name}s` }));
const manifest = {
  detector: { classes, stride: 4, grid: [16, 16] },
  neck: { stride: 8, grid: [8, 8] },
  slicing: { tile: 64 },
  vision: { bands: 4 },
  refiner: { size, grow: 1, featureSize: 4, classes: ['tank', 'building'], fits: ['building'] },
} as unknown as Manifest;

const proposals: Proposal[] = [0, 1, 1, 2].map((classIndex, i) => ({
  classIndex,
  score: 0.9 - i / 10,
  cell: i,
  box: { cx: 16 + 10 * i, cy: 20, w: 16, h: 12, thetaDeg: 0 },
}));
/** What of a box the fake refiner takes for the object: the left three quarters. */
const share = 0.75;

function reading(rest: Partial<Reading> = {}, cancelAfter = Infinity) {
  const batches: RefinerInputs[] = [];
  const events: AskEvent[] = [];
  const refine = async (inputs: RefinerInputs) => {
    batches.push(inputs);
    return Float32Array.from({ length: inputs.count * size * size }, (_, i) => (i % size < share * size ? 1 : -1));
  };
  const context = {
    task: 'find' as const,
    label: 'building',
    prompt: 'Find all buildings.',
    region: null,
    proposals,
    classes,
    dialect: nadir,
    tile: 64,
  };
  const control = { onEvent: (e: AskEvent) => events.push(e), isCancelled: () => batches.length >= cancelAfter };
  const seen = { pixels: new Float32Array(64 * 64 * 4), neck: new Float32Array(8 * 8 * 2) };
  return { batches, events, engine: { refine }, manifest, context, seen, wantMasks: false, control, ...rest };
}

describe('readRefined', () => {
  it('fits the boxes of some classes that the answer points at, and says the same in the dialect', async () => {
    const given = reading();
    const { objects, text, dialectText } = await readRefined('<p0> <p2> <p3>', given);
    expect(text).toBe('tank 1, building 1, car 1');
    expect(given.batches.map((b) => [b.count, [...b.label]])).toEqual([[1, [0, 1, 0]]]);
    expect(given.events).toEqual([{ kind: 'stage', stage: 'refine' }]);
    const [tank, building, car] = objects;
    expect(tank!.box).toBe(proposals[0]!.box);
    expect(car!.box).toBe(proposals[3]!.box);
    const fitted = { cx: 36 - 2, cy: 20, w: 12, h: 12, thetaDeg: 0 };
    expect(building!.box).toEqual(fitted);
    expect(building!.corners).toEqual(cornersOf(fitted));
    expect(building).toMatchObject({ label: 'building', score: 0.7, mask: null });
    expect(dialectText).toBe([tank!, building!, car!].map(({ box }) => nadir.writeBox(box, 64)).join(' '));
    expect(proposals[2]!.box.w).toBe(16);
  });

  it('makes the mask of the fitted box', async () => {
    const given = reading({ wantMasks: true });
    const { objects } = await readRefined('<p1>', given);
    expect(given.batches).toHaveLength(2);
    expect(objects[0]!.box).toEqual({ cx: 24, cy: 20, w: 12, h: 12, thetaDeg: 0 });
    // The left three quarters again, now of twelve pixels.
    const xs = objects[0]!.mask![0]!.map(([x]) => x);
    expect(Math.min(...xs)).toBeCloseTo(18, 0);
    expect(Math.max(...xs)).toBeCloseTo(18 + 9, 0);
  });

  it('leaves alone what the model wrote out, the region asked about and what changed', async () => {
    const written = nadir.writeBox(proposals[1]!.box, 64);
    const region = boxFromCorners(cornersOf(proposals[1]!.box));
    const base = reading();
    const answers: [string, Partial<Reading['context']>][] = [
      [written, {}],
      ['This is a building.', { task: 'identify', region }],
      ['<p1>', { task: 'change' }],
      ['There are no buildings.', {}],
    ];
    for (const [rawText, rest] of answers) {
      const given = reading({ context: { ...base.context, ...rest } });
      expect(await readRefined(rawText, given)).toEqual(readAnswer(rawText, given.context));
      expect(given.batches).toEqual([]);
    }
  });

  it('fits nothing for a model that says nothing of it, and needs no refiner', async () => {
    for (const refiner of [{ ...manifest.refiner!, fits: [] }, null]) {
      const given = reading({ manifest: { ...manifest, refiner } });
      expect((await readRefined('<p1>', given)).objects[0]!.box).toBe(proposals[1]!.box);
      expect([given.batches, given.events]).toEqual([[], []]);
    }
    const none = reading({ manifest: { ...manifest, refiner: null }, wantMasks: true });
    expect((await readRefined('<p1>', none)).objects[0]!.mask).toBeNull();
  });

  it('stops between runs when cancelled, with what is done so far', async () => {
    const many = Array.from({ length: 10 }, (_, i) => ({ ...proposals[1]!, cell: i, box: { ...proposals[1]!.box } }));
    const rawText = many.map((_, i) => `<p${i}>`).join(' ');
    const given = reading({ wantMasks: true }, 1);
    const { objects } = await readRefined(rawText, { ...given, context: { ...given.context, proposals: many } });
    expect(given.batches.map((b) => b.count)).toEqual([8]);
    expect(objects.map(({ box }) => box.w)).toEqual([...Array(8).fill(12), 16, 16]);
    expect(objects.every(({ mask }) => mask === null)).toBe(true);
    const early = reading({}, 0);
    expect((await readRefined('<p1>', early)).objects[0]!.box).toBe(proposals[1]!.box);
    expect([early.batches, early.events]).toEqual([[], []]);
  });

  it('hears a cancel that comes as a message while the refiner holds the thread', async () => {
    const given = reading({ wantMasks: true });
    let cancelled = false;
    const refine = async (inputs: RefinerInputs) => {
      setTimeout(() => {
        cancelled = true;
      }, 0);
      const until = performance.now() + 20;
      while (performance.now() < until);
      return given.engine.refine(inputs);
    };
    const control = { ...given.control, isCancelled: () => cancelled };
    const { objects } = await readRefined('<p1>', { ...given, engine: { refine }, control });
    expect(objects[0]!.box.w).toBe(12);
    expect(objects[0]!.mask).toBeNull();
    expect(given.batches).toHaveLength(1);
  });
});
