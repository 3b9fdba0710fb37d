import { describe, expect, it } from 'vitest';
import type { PixelWindow } from '../../geo/types.ts';
import { pixelGround } from '../ground/ground.ts';
import { evidence, known, landCover, plan, TILES, thing } from '../testing/evidence.ts';
import { runPlan } from './run.ts';

describe('exists', () => {
  const at = (probabilities: number[]) => TILES.map((window, i) => ({ window, probability: probabilities[i] ?? 0 }));
  const row = (
    subject: ReturnType<typeof known>,
    given: Parameters<typeof plan>[2] = {},
    tiles?: { window: PixelWindow; state: 'looked' | 'waiting' }[],
  ) => {
    const result = runPlan(
      plan('exists', ['ship'], given),
      evidence({ ship: subject }, tiles ? { tiles } : {}),
      pixelGround,
    );
    return result.kind === 'exists' ? result.rows[0] : result;
  };
  it('combines presence over tiles without adding up small errors', () => {
    expect(row(known({ presence: at([0.6, 0.5, 0.1, 0.1]) }))).toMatchObject({
      verdict: 'yes',
      probability: 0.8,
      tiles: { yes: 2, of: 4 },
    });
    expect(row(known({ presence: at([0.2, 0.2, 0.2, 0.2]) }))).toMatchObject({ verdict: 'no', probability: 0.2 });
    expect(row(known({ presence: at([0.4, 0.2]) }))).toMatchObject({ verdict: 'unsure', probability: 0.4 });
  });
  it('hears only tiles of the part asked about', () => {
    expect(row(known({ presence: at([0.9, 0, 0, 0]) }), { where: 'right half' })).toMatchObject({
      verdict: 'no',
      tiles: { yes: 0, of: 2 },
    });
    // Three fifths of the lower tiles lie in this region: they count, too.
    const wide = { x: 0, y: 0, width: 100, height: 80 };
    const half = evidence({ ship: known({ presence: at([0.9]) }) }, { region: wide });
    expect(runPlan(plan('exists', ['ship']), half, pixelGround)).toMatchObject({
      rows: [{ verdict: 'yes', tiles: { yes: 1, of: 4 } }],
    });
    // What lies on a tile that shows only a piece of the part may lie outside of it.
    expect(row(known({ presence: at([0.9, 0, 0, 0]) }), { where: 'middle third' })).toMatchObject({
      verdict: 'unsure',
      tiles: null,
    });
  });
  it('combines the scores of things', () => {
    expect(row(known({ things: [thing('a', 5, 5, { score: 0.5 }), thing('b', 9, 9, { score: 0.4 })] }))).toMatchObject({
      verdict: 'yes',
      probability: 0.7,
      by: 'things',
    });
    expect(row(known({ things: [thing('a', 5, 5, { score: 0.3 })] }))).toMatchObject({
      verdict: 'unsure',
      probability: expect.closeTo(0.3, 9),
    });
    expect(row(known({ things: [] }))).toMatchObject({ verdict: 'no', probability: null });
    expect(row(known({ things: [], presence: at([0.9]) }))).toMatchObject({
      verdict: 'unsure',
      by: 'presence',
      count: { count: 0 },
    });
    expect(
      row(known({ things: [thing('a', 5, 5, { score: 0.4 }), thing('b', 9, 9, { score: 0.4 })], leastScore: 0.5 })),
    ).toMatchObject({ verdict: 'unsure', probability: 0.64 });
  });
  it('takes things and presence as two witnesses', () => {
    // Log odds −0.847 and −2.197 (0.3 and 0.1) have the mean −1.522: 0.179.
    expect(row(known({ things: [thing('a', 10, 10, { score: 0.3 })], presence: at([0.1]) }))).toMatchObject({
      verdict: 'unsure',
      probability: expect.closeTo(0.179, 3),
    });
    // 0.95 and 0.1: 2.944 and −2.197, mean 0.374: 0.592.
    expect(row(known({ things: [thing('a', 10, 10, { score: 0.95 })], presence: at([0.1]) }))).toMatchObject({
      verdict: 'yes',
      probability: expect.closeTo(0.592, 3),
    });
  });
  it('asks presence where only densities are counted', () => {
    const densities = TILES.map((window) => ({ window, count: 0.8 }));
    expect(row(known({ densities, presence: at([0.1, 0.1, 0.1, 0.1]) }))).toMatchObject({
      verdict: 'no',
      by: 'density',
    });
    expect(row(known({ densities, presence: at([0.9, 0.1, 0.1, 0.1]) }))).toMatchObject({ verdict: 'yes' });
  });
  it('says no only if all was looked at', () => {
    const tiles = TILES.map((window, i) => ({ window, state: i === 0 ? ('waiting' as const) : ('looked' as const) }));
    expect(row(known({ things: [] }), {}, tiles)).toMatchObject({ verdict: 'unsure' });
  });
  it('compares a number', () => {
    const certain = known({ things: [1, 2, 3].map((i) => thing(`${i}`, 10 * i, 10)) });
    expect(row(certain, { filter: 'count>2' })).toMatchObject({ verdict: 'yes', probability: 1 });
    expect(row(certain, { filter: 'count>=4' })).toMatchObject({ verdict: 'no', probability: 0 });
    const doubtful = known({ things: [1, 2, 3].map((i) => thing(`${i}`, 10 * i, 10, { score: 0.5 })) });
    // P(more than 2) = 0.125 although 3 were found.
    expect(row(doubtful, { filter: 'count>2' })).toMatchObject({ verdict: 'unsure', probability: 0.125 });
    expect(row(known({ presence: at([0.9]) }), { filter: 'count>2' })).toMatchObject({ reason: 'no-count' });
  });
  it('takes densities and cover', () => {
    expect(row(known({ densities: TILES.map((window) => ({ window, count: 0.2 })) }))).toMatchObject({
      verdict: 'no',
      by: 'density',
    });
    expect(row(known({ densities: TILES.map((window, i) => ({ window, count: i })) }))).toMatchObject({
      verdict: 'yes',
      count: { count: 6 },
    });
    const ship = known({ cover: { classes: [0], isExact: true } });
    const of = (shares: number[], given: Partial<typeof ship> = {}, where: string | null = null) => {
      const cover = landCover(
        ['ship', 'other'],
        shares.map((share) => [share]),
      );
      const result = runPlan(
        plan('exists', ['ship'], { where }),
        evidence({ ship: { ...ship, ...given } }, { cover }),
        pixelGround,
      );
      return result.kind === 'exists' ? result.rows[0] : result;
    };
    expect(of([0.1, 0.1, 0, 0])).toMatchObject({ verdict: 'yes', by: 'cover' });
    expect(of([0, 0, 0, 0])).toMatchObject({ verdict: 'no', by: 'cover' });
    // Presence of whole tiles tells a little from none better; of a corner of them it tells nothing.
    const presence = at([0.1, 0.1, 0.1, 0.1]);
    expect(of([0.1, 0, 0, 0], { presence })).toMatchObject({ verdict: 'no', by: 'presence' });
    expect(of([1, 0, 0, 0], { presence: [] }, 'north third')).toMatchObject({ verdict: 'yes', by: 'cover' });
  });
});
