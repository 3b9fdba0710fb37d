import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../manifest/manifest.ts';
import type { RefinerInputs } from '../../runtime/engine.ts';
import type { Proposal } from '../heads/proposals.ts';
import { fitProposals } from './fit-proposals.ts';

const size = 16;
const manifest = {
  detector: { classes: ['tank', 'building'].map((name) => ({ name, plural: `${name}s` })), stride: 4, grid: [16, 16] },
  connector: { neck: { stride: 8, grid: [8, 8] } },
  slicing: { tile: 64 },
  vision: { bands: 4 },
  refiner: {
    size,
    grow: 1,
    featureSize: 4,
    classes: ['tank', 'building'],
    fits: [{ class: 'building', minScore: 0.2 }],
    fitPasses: 1,
    repeatIou: 0.5,
  },
} as unknown as Manifest;

const at = (classIndex: number, cx: number, score: number, cell: number): Proposal => ({
  classIndex,
  score,
  cell,
  box: { cx, cy: 20, w: 16, h: 12, thetaDeg: 0 },
});
const seen = { pixels: new Float32Array(64 * 64 * 4), neck: new Float32Array(8 * 8 * 2) };

/** A fake refiner takes the left three quarters of a box as the object, with the same logit everywhere. */
async function refit(proposals: Proposal[], logit = 100, rest: Partial<Manifest> = {}, isCancelled = () => false) {
  const batches: RefinerInputs[] = [];
  const refine = async (inputs: RefinerInputs) => {
    batches.push(inputs);
    return Float32Array.from({ length: inputs.count * size * size }, (_, i) => (i % size < 12 ? logit : -logit));
  };
  return { fitted: await fitProposals({ refine }, { ...manifest, ...rest }, seen, proposals, isCancelled), batches };
}

describe('fitProposals', () => {
  it('fits boxes of the fitted classes to their masks, and leaves the others unchanged', async () => {
    const tank = at(0, 40, 0.5, 3);
    const { fitted, batches } = await refit([tank, at(1, 20, 0.8, 1)]);
    expect(batches.map(({ count, label }) => [count, [...label]])).toEqual([[1, [0, 1]]]);
    expect(fitted[0]).toBe(tank);
    expect(fitted[1]).toMatchObject({ classIndex: 1, cell: 1, box: { cx: 18, cy: 20, w: 12, h: 12, thetaDeg: 0 } });
    // The mask is certain, and three quarters of the box remain.
    expect(fitted[1]!.score).toBeCloseTo(0.8 * 0.75, 6);
  });

  it('lowers the score for an uncertain mask, and drops boxes below the least score', async () => {
    const [doubted] = (await refit([at(1, 20, 0.8, 1)], 2)).fitted;
    expect(doubted!.score).toBeCloseTo((0.8 * 0.75 * Math.tanh(1)) / (1 + Math.exp(-2)), 6);
    expect((await refit([at(1, 20, 0.5, 1)], 0.05)).fitted).toEqual([]);
    expect((await refit([at(1, 20, 0.26, 1), at(1, 50, 0.27, 2)])).fitted.map(({ cell }) => cell)).toEqual([2]);
  });

  it('drops a proposal with an empty mask, however certain the mask is', async () => {
    const refine = async ({ count }: RefinerInputs) => new Float32Array(count * size * size).fill(-9);
    const proposals = [at(0, 40, 0.5, 3), at(1, 20, 0.99, 1)];
    expect(await fitProposals({ refine }, manifest, seen, proposals, () => false)).toEqual([proposals[0]]);
  });

  it('fits a box again if the manifest says so, but not a dropped one', async () => {
    const refiner = { ...manifest.refiner!, fitPasses: 2 };
    const { fitted, batches } = await refit([at(1, 20, 0.8, 1), at(1, 50, 0.26, 2)], 100, { refiner });
    expect(batches.map(({ count }) => count)).toEqual([2, 1]);
    expect(fitted).toMatchObject([{ cell: 1, box: { cx: 16.5, w: 9 } }]);
    expect(fitted[0]!.score).toBeCloseTo(0.8 * 0.75 * 0.75, 6);
  });

  it('leaves out a box that no certainty of its next mask can keep', async () => {
    const passes = async (minScore: number) => {
      const refiner = { ...manifest.refiner!, fitPasses: 2, fits: [{ class: 'building', minScore }] };
      return (await refit([at(1, 20, 0.52, 1)], 2.7, { refiner })).batches.length;
    };
    // Its mask's certainty is 0.82 and its score 0.32 after the first pass; after the second 0.294 at most.
    expect([await passes(0.293), await passes(0.295)]).toEqual([2, 1]);
  });

  it('keeps the better of two boxes fitted to one object, and sorts by the new scores', async () => {
    const { fitted } = await refit([at(1, 20, 0.7, 5), at(1, 22, 0.9, 6), at(1, 45, 0.8, 7), at(0, 21, 0.3, 8)]);
    expect(fitted.map(({ cell }) => cell)).toEqual([8, 6, 7]);
  });

  it('does nothing for a model without a refiner or without classes to fit', async () => {
    const proposals = [at(1, 20, 0.1, 1)];
    for (const refiner of [null, { ...manifest.refiner!, fits: [] }]) {
      const { fitted, batches } = await refit(proposals, 100, { refiner });
      expect(fitted).toEqual(proposals);
      expect(batches).toEqual([]);
    }
  });

  it('ends early when cancelled', async () => {
    const many = Array.from({ length: 20 }, (_, i) => at(1, 20 + i, 0.9, i));
    let asked = 0;
    const { batches } = await refit(many, 100, {}, () => ++asked > 1);
    expect(batches).toHaveLength(1);
  });
});
