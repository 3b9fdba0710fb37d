import { beforeAll, describe, expect, it } from 'vitest';
import { fillInvalid } from '../../geo/fill-invalid.ts';
import type { RotatedBox } from '../../geo/types.ts';
import type { BandTile } from '../../imagery/tiles.ts';
import { askOf, viewOf } from '../testing/ask-of.ts';
import { goldenTile, modelGolden } from '../testing/model-golden.ts';
import { openNodeModel } from '../testing/node-model.ts';
import { silentIo } from '../testing/silent-io.ts';
import type { NadirBackend } from './backend.ts';
import { isShown } from './heads/validity.ts';

/** Tests the embedded model on tiles that show only a part of the scene, and on places without objects. */

const SIDE = 256;
let model: NadirBackend;
beforeAll(async () => {
  model = await openNodeModel();
});

/**
 * The golden tile where `isValid`. Other pixels are filled, as the session does it, or are 0, as the session once left
 * them.
 */
function partly(isValid: (x: number, y: number) => boolean, fill: 'filled' | 'zeros' = 'filled'): BandTile {
  const tile = goldenTile();
  const valid = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => Number(isValid(i % SIDE, Math.floor(i / SIDE))));
  for (let i = 0; i < valid.length; i++) if (!valid[i]) tile.data.fill(0, i * 4, i * 4 + 4);
  const data = fill === 'filled' ? fillInvalid(tile, valid) : tile.data;
  const validFraction = valid.reduce((sum, each) => sum + each, 0) / valid.length;
  return { ...tile, data, valid, validFraction };
}

const between = (from: number, to: number) => (_x: number, y: number) => y >= from && y < to;
/** The valid rows of a tile that shows a whole scene of 3:2. */
const bars = between(43, 213);

describe('padding and nodata', () => {
  it('do not count as missing data, unlike zeros', async () => {
    const missing = async (tile: BandTile) => {
      const { text, scores } = await model.ask(askOf('What is wrong with this image?', tile), silentIo);
      const { probability } = scores.quality!.find(({ label }) => label === 'missing data')!;
      return { text, probability };
    };
    expect((await missing(goldenTile())).probability).toBeLessThan(0.5);
    const zeros = await missing(partly(bars, 'zeros'));
    expect(zeros.probability).toBeGreaterThan(0.5);
    expect(zeros.text).toContain('missing data');
    for (const part of [bars, between(0, 170), (x: number, y: number) => x + y < 300]) {
      const filled = await missing(partly(part));
      expect(filled.probability).toBeLessThan(0.5);
      expect(filled.text).not.toContain('missing data');
    }
  });

  it('contain no box, and the answer points to none there', async () => {
    const names = [...new Set(modelGolden.proposals.map(({ cls }) => model.manifest.detector!.classes[cls]!))];
    expect(names.length).toBeGreaterThan(0);
    const halves = [between(0, 128), between(128, 256), (x: number) => x < 128, (x: number) => x >= 128];
    for (const half of halves) {
      const tile = partly(half);
      const { seen } = await model.observer.look(tile, silentIo);
      for (const { box } of await model.observer.propose(seen, silentIo))
        expect(isShown(box, tile.valid, SIDE)).toBe(true);
      for (const { name, plural } of names) {
        const { things, text } = await model.ask(
          askOf(`Find all ${plural}.`, tile, { intent: { task: 'find', label: name } }),
          silentIo,
        );
        for (const { box } of things) expect(isShown(box, tile.valid, SIDE)).toBe(true);
        expect(text.match(/\b[a-z ]+ \d+\b/g) ?? []).toHaveLength(things.length);
      }
    }
  });

  it('are left out of the part that was counted by density', async () => {
    const whole = await model.ask(
      askOf('How many trees are there?', goldenTile(), { intent: { task: 'count' } }),
      silentIo,
    );
    expect(whole.numbers.countedPart).toBe(1);
    const half = await model.ask(
      askOf('How many trees are there?', partly(between(0, 128)), { intent: { task: 'count' } }),
      silentIo,
    );
    expect(half.numbers.countedPart).toBeGreaterThan(0.2);
    expect(half.numbers.countedPart).toBeLessThan(0.8);
  });

  it('contain no change', async () => {
    const after = partly((x) => x < 128);
    const before = partly((x) => x >= 100);
    const { things } = await model.ask(
      askOf('What changed between the two images?', after, {
        intent: { task: 'change' },
        views: [viewOf(before, 'before'), viewOf(after, 'after')],
      }),
      silentIo,
    );
    const both = after.valid!.map((valid, i) => valid * before.valid![i]!);
    for (const { box } of things) expect(isShown(box, both, SIDE)).toBe(true);
  });
});

describe('a drawn region', () => {
  const identify = (region: RotatedBox, prompt = 'What is at <region>?') =>
    model.ask(askOf(prompt, goldenTile(), { intent: { task: 'identify', region } }), silentIo);

  it('gets the answer that nothing is known, with a probability, if no head detects anything', async () => {
    const { seen } = await model.observer.look(goldenTile(), silentIo);
    const { heat } = seen.evidence;
    const { stride, grid, classes } = model.manifest.detector!;
    // The quietest place: the 10 × 10 cells whose largest heat is lowest.
    const side = 10;
    let quietest = { peak: Number.POSITIVE_INFINITY, r: 0, c: 0 };
    for (let r = 2; r + side < grid[0] - 2; r += 2) {
      for (let c = 2; c + side < grid[1] - 2; c += 2) {
        let peak = 0;
        for (let i = 0; i < side; i++)
          for (let j = 0; j < side; j++)
            for (let k = 0; k < classes.length; k++)
              peak = Math.max(peak, heat[((r + i) * grid[1] + c + j) * classes.length + k]!);
        if (peak < quietest.peak) quietest = { peak, r, c };
      }
    }
    const centre = (at: number) => (at + side / 2) * stride;
    const region = { cx: centre(quietest.c), cy: centre(quietest.r), w: side * stride, h: side * stride, thetaDeg: 0 };
    const { text, things, numbers } = await identify(region);
    expect(text).toMatch(/^Nothing that I know \(probability 0\.\d\d\)\.$/);
    expect(things).toEqual([]);
    expect(numbers.known).toBeLessThan(0.5);
    expect((await identify(region, '<region>是什么？')).text).toMatch(/^没有我认识的目标（概率 0\.\d\d）。$/);
  });

  it('gets the detected class, with a probability', async () => {
    const { seen } = await model.observer.look(goldenTile(), silentIo);
    const proposals = await model.observer.propose(seen, silentIo);
    const surest = proposals.reduce((best, each) => (each.score > best.score ? each : best));
    const { things, numbers } = await identify(surest.box);
    expect(things).toHaveLength(1);
    expect(things[0]?.label).toBe(model.manifest.detector!.classes[surest.classIndex]!.name);
    expect(numbers.known).toBeGreaterThan(0.5);
    expect(things[0]?.score).toBe(numbers.known);
  });
});
