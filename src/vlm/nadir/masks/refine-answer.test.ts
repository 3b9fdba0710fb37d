import { describe, expect, it } from 'vitest';
import { boxFromCorners, cornersOf } from '../../../geo/boxes/rotated-box.ts';
import type { AskIo, BackendEvent } from '../../backend.ts';
import { nadir } from '../../dialects/nadir.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { RefinerInputs } from '../../runtime/engine.ts';
import { readAnswer } from '../answer.ts';
import type { Proposal } from '../heads/proposals.ts';
import { type Reading, readRefined } from './refine-answer.ts';

const size = 16;
const classes = ['tank', 'building', 'car'].map((name) => ({ name, plural: `${name}s` }));
const manifest = {
  detector: { classes, stride: 4, grid: [16, 16] },
  connector: { neck: { stride: 8, grid: [8, 8] } },
  slicing: { tile: 64 },
  vision: { bands: 4 },
  refiner: { size, grow: 1, featureSize: 4, classes: ['tank', 'building'], fits: [], fitPasses: 1, repeatIou: 0.5 },
} as unknown as Manifest;

const proposals: Proposal[] = [0, 1, 1, 2].map((classIndex, i) => ({
  classIndex,
  score: 0.9 - i / 10,
  cell: i,
  box: { cx: 16 + 10 * i, cy: 20, w: 16, h: 12, thetaDeg: 0 },
}));
/** The fake refiner takes the left three quarters of a box as the object. */
const share = 0.75;

function reading(rest: Partial<Reading> = {}, cancelAfter = Infinity) {
  const batches: RefinerInputs[] = [];
  const events: BackendEvent[] = [];
  const stop = new AbortController();
  if (cancelAfter === 0) stop.abort();
  const refine = async (inputs: RefinerInputs) => {
    batches.push(inputs);
    if (batches.length >= cancelAfter) stop.abort();
    return Float32Array.from({ length: inputs.count * size * size }, (_, i) => (i % size < share * size ? 1 : -1));
  };
  const context = {
    task: 'find' as const,
    label: 'building',
    prompt: 'Find all buildings.',
    region: null,
    shows: () => true,
    known: () => null,
    proposals,
    classes,
    dialect: nadir,
    tile: 64,
  };
  const io: AskIo = { signal: stop.signal, on: (event) => event.kind !== 'step' && events.push(event) };
  const seen = { pixels: new Float32Array(64 * 64 * 4), neck: new Float32Array(8 * 8 * 2) };
  return { batches, events, engine: { refine }, manifest, context, seen, wantMasks: false, io, ...rest };
}

describe('readRefined', () => {
  it('gives masks, if wanted, to the objects of classes that have them', async () => {
    const given = reading({ wantMasks: true });
    const { things, text } = await readRefined('<p0> <p2> <p3>', given);
    expect(text).toBe('tank 1, building 1, car 1');
    expect(given.batches.map((b) => b.count)).toEqual([2]);
    expect(given.events).toEqual([{ kind: 'stage', stage: 'refine' }]);
    const [tank, building, car] = things;
    expect(car!.rings).toBeNull();
    for (const object of [tank!, building!]) {
      const xs = object.rings![0]!.map(([x]) => x);
      expect(Math.min(...xs)).toBeCloseTo(object.box.cx - 8, 0);
      expect(Math.max(...xs)).toBeCloseTo(object.box.cx - 8 + 16 * share, 0);
    }
  });

  it('outlines the region that an answer names', async () => {
    const region = boxFromCorners(cornersOf(proposals[1]!.box));
    const context = { ...reading().context, task: 'identify' as const, region };
    const { things } = await readRefined('This is a building.', reading({ wantMasks: true, context }));
    expect(things).toMatchObject([{ label: 'building', box: region }]);
    expect(things[0]!.rings).not.toBeNull();
  });

  it('refines nothing if masks are not wanted, or without objects or a refiner', async () => {
    const cases: [string, Partial<Reading>][] = [
      ['<p1>', {}],
      ['There are no buildings.', { wantMasks: true }],
      ['<p1>', { wantMasks: true, manifest: { ...manifest, refiner: null } }],
    ];
    for (const [rawText, rest] of cases) {
      const given = reading(rest);
      expect(await readRefined(rawText, given)).toEqual(readAnswer(rawText, given.context));
      expect([given.batches, given.events]).toEqual([[], []]);
    }
  });

  it('stops between runs when cancelled, and keeps the masks made so far', async () => {
    const many = Array.from({ length: 10 }, (_, i) => ({ ...proposals[1]!, cell: i, box: { ...proposals[1]!.box } }));
    const rawText = many.map((_, i) => `<p${i}>`).join(' ');
    const given = reading({ wantMasks: true }, 1);
    const { things } = await readRefined(rawText, { ...given, context: { ...given.context, proposals: many } });
    expect(given.batches.map((b) => b.count)).toEqual([8]);
    expect(things.map(({ rings }) => rings !== null)).toEqual([...Array(8).fill(true), false, false]);
    const early = reading({ wantMasks: true }, 0);
    expect((await readRefined('<p1>', early)).things[0]!.rings).toBeNull();
    expect([early.batches, early.events]).toEqual([[], []]);
  });

  it('notices a cancel message that arrives while the refiner blocks the thread', async () => {
    const many = Array.from({ length: 10 }, (_, i) => ({ ...proposals[1]!, cell: i, box: { ...proposals[1]!.box } }));
    const given = reading({ wantMasks: true });
    const stop = new AbortController();
    const refine = async (inputs: RefinerInputs) => {
      setTimeout(() => stop.abort(), 0);
      const until = performance.now() + 20;
      while (performance.now() < until);
      return given.engine.refine(inputs);
    };
    const io = { ...given.io, signal: stop.signal };
    const context = { ...given.context, proposals: many };
    const rawText = many.map((_, i) => `<p${i}>`).join(' ');
    const { things } = await readRefined(rawText, { ...given, engine: { refine }, context, io });
    expect(things.filter(({ rings }) => rings !== null)).toHaveLength(8);
  });
});
