import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIXTURES, PICTURES } from '../../src/raster/testing.ts';
import { makeRandom, mutate } from './mutate.ts';
import { probe } from './probe.ts';
import { LIMIT_MS } from './prober.ts';

const ROUNDS = 150;
const SEED = 4;

const good = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.tif') && !name.startsWith('broken-'))
  .sort();
const pictures = readdirSync(PICTURES)
  .filter((name) => name.endsWith('.png'))
  .sort();
const read = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, name)));

describe('damaged files', () => {
  // The long run is `npm run fuzz:imagery`; it also ends what hangs, which here is the runner's time limit.
  it(`come to pixels or a typed error in ${ROUNDS} seeded ways`, async () => {
    const outcomes = new Map<string, number>();
    for (let i = 0; i < ROUNDS; i++) {
      const name = good[i % good.length]!;
      const { bytes, kinds } = mutate(read(name), SEED * 1_000_003 + i);
      const start = performance.now();
      const outcome = await probe(bytes);
      const what = `#${i} ${name}: ${kinds.join(', ')}`;
      expect(outcome.kind, `${what}: ${JSON.stringify(outcome)}`).not.toBe('crash');
      expect(performance.now() - start, what).toBeLessThan(LIMIT_MS);
      outcomes.set(outcome.kind, (outcomes.get(outcome.kind) ?? 0) + 1);
    }
    // Damage that nothing notices, or that nothing survives, would be no test.
    expect(outcomes.get('refused')).toBeGreaterThan(ROUNDS / 4);
    expect(outcomes.get('pixels')).toBeGreaterThan(ROUNDS / 20);
  });

  it('that are PNGs give pixels or a typed error, even with correct checksums', async () => {
    const outcomes: string[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const name = pictures[i % pictures.length]!;
      const { bytes, kinds } = mutate(new Uint8Array(readFileSync(join(PICTURES, name))), SEED * 1_000_003 + i);
      const outcome = await probe(bytes);
      expect(outcome.kind, `#${i} ${name}: ${kinds.join(', ')}: ${JSON.stringify(outcome)}`).not.toBe('crash');
      outcomes.push(outcome.kind);
    }
    expect(outcomes.filter((kind) => kind === 'refused').length).toBeGreaterThan(ROUNDS / 4);
    expect(outcomes.filter((kind) => kind === 'pixels').length).toBeGreaterThan(ROUNDS / 20);
  });

  it('are the same for the same seed', () => {
    const whole = read('strips-lzw.tif');
    expect(mutate(whole, 7)).toEqual(mutate(whole, 7));
    const all = Array.from({ length: 200 }, (_, seed) => mutate(whole, seed));
    expect(new Set(all.flatMap(({ kinds }) => kinds)).size).toBe(12);
    const changed = all.filter(
      ({ bytes }) => bytes.length !== whole.length || bytes.some((byte, at) => byte !== whole[at]),
    );
    expect(changed.length).toBeGreaterThan(180);
    expect(makeRandom(1)(1000)).toBe(makeRandom(1)(1000));
  });

  it('of good files, undamaged ones give pixels', async () => {
    for (const name of ['strips-lzw.tif', 'zstd.tif', 'jpeg-ycbcr.tif', 'lerc.tif', 'sparse.tif', 'bits-12.tif']) {
      expect(await probe(read(name)), name).toEqual({ kind: 'pixels' });
    }
  });
});
