import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../manifest/manifest.ts';
import type { RefinerInputs } from '../../runtime/engine.ts';
import type { Thing } from '../../types.ts';
import { addMasks } from './refine.ts';

const manifest = {
  detector: {
    classes: ['car', 'tank', 'building'].map((name) => ({ name, plural: `${name}s` })),
    stride: 4,
    grid: [8, 8],
  },
  connector: { neck: { stride: 8, grid: [4, 4] } },
  slicing: { tile: 32 },
  vision: { bands: 4 },
  refiner: { size: 16, grow: 1.25, featureSize: 4, classes: ['tank', 'building'], fits: [] },
} as unknown as Manifest;
const seen = { pixels: new Float32Array(32 * 32 * 4), neck: new Float32Array(4 * 4 * 2) };

function objectsOf(labels: string[]): Thing[] {
  return labels.map((label, i) => {
    const box = { cx: 16, cy: 16, w: 8 + i, h: 8, thetaDeg: 0 };
    return { label, box, score: 1, rings: null };
  });
}

/** A refiner that says "all inside" for tanks and "nothing" for buildings. */
function fakeRefiner() {
  const batches: RefinerInputs[] = [];
  const refine = async (inputs: RefinerInputs) => {
    batches.push(inputs);
    return Float32Array.from({ length: inputs.count * 256 }, (_, i) =>
      inputs.label[Math.floor(i / 256) * 2] ? 1 : -1,
    );
  };
  return { refine, batches };
}

describe('addMasks', () => {
  it('gives each object its own mask, by its class, and leaves the rest unchanged', async () => {
    const engine = fakeRefiner();
    const objects = objectsOf(['car', 'tank', 'building', 'tank', 'object']);
    const refined = await addMasks(engine, manifest, seen, objects, () => false);
    expect(refined.map((o) => o.rings !== null)).toEqual([false, true, false, true, false]);
    expect(engine.batches.map((b) => b.count)).toEqual([3]);
    const width = (o: Thing) => Math.max(...o.rings![0]!.map((p) => p[0])) - Math.min(...o.rings![0]!.map((p) => p[0]));
    // The mask fills the enlarged box. The second tank is two pixels wider than the first.
    expect(width(refined[1]!)).toBeGreaterThan(9);
    expect(width(refined[3]!) - width(refined[1]!)).toBeCloseTo(2 * 1.25, 0);
    expect(objects.every((o) => o.rings === null)).toBe(true);
  });

  it('tells the refiner a class by its place among those that have masks', async () => {
    const engine = fakeRefiner();
    await addMasks(engine, manifest, seen, objectsOf(['building', 'car', 'tank']), () => false);
    expect(engine.batches.map(({ label }) => [...label])).toEqual([[0, 1, 1, 0]]);
  });

  it('runs in batches and stops between them when cancelled', async () => {
    const engine = fakeRefiner();
    const objects = objectsOf(Array(20).fill('tank'));
    await addMasks(engine, manifest, seen, objects, () => false);
    expect(engine.batches.map((b) => b.count)).toEqual([8, 8, 4]);
    const stopped = fakeRefiner();
    const refined = await addMasks(stopped, manifest, seen, objects, () => stopped.batches.length === 1);
    expect(refined.filter((o) => o.rings).length).toBe(8);
  });

  it('runs nothing on a model without a refiner', async () => {
    const engine = fakeRefiner();
    const objects = objectsOf(['tank']);
    expect(await addMasks(engine, { ...manifest, refiner: null }, seen, objects, () => false)).toBe(objects);
    expect(engine.batches).toEqual([]);
  });
});
