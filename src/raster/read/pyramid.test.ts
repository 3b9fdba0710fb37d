import { describe, expect, it } from 'vitest';
import type { RasterScene } from '../scene.ts';
import { pictureScene } from '../testing.ts';
import { coarseLevelJob, pickLevel } from './pyramid.ts';
import { readPlanes } from './window.ts';

const SIDE = 2200;

/** Too large to be read directly: red = column / 20, green = row / 20. */
function large(): { scene: RasterScene; rowsRead: () => number } {
  const rgba = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let row = 0, at = 0; row < SIDE; row++) {
    for (let col = 0; col < SIDE; col++, at += 4) {
      rgba[at] = col / 20;
      rgba[at + 1] = row / 20;
      rgba[at + 3] = 255;
    }
  }
  const scene = pictureScene(rgba, SIDE, SIDE);
  let rows = 0;
  const full = scene.levels[0]!;
  const read = full.read.bind(full);
  (full as { read: typeof full.read }).read = (x, y, width, height, bands, signal) => {
    rows += height;
    return read(x, y, width, height, bands, signal);
  };
  return { scene, rowsRead: () => rows };
}

const WHOLE = {
  window: { x: 0, y: 0, width: SIDE, height: SIDE },
  outWidth: 55,
  outHeight: 55,
  resampling: 'area',
} as const;

describe('levels built for an image without overviews', () => {
  it('cost one pass, however often the whole image is looked at, and give true averages', async () => {
    const { scene, rowsRead } = large();
    const reads = await Promise.all([1, 2, 3].map(() => readPlanes(scene, WHOLE, [0, 1], null)));
    expect(rowsRead()).toBe(SIDE);
    await readPlanes(scene, { ...WHOLE, outWidth: 40, outHeight: 40 }, [2], null);
    expect(rowsRead()).toBe(SIDE);
    const [red, green] = reads[0]!;
    // Output pixel (j, i) covers columns 40·j … 40·j+39: of values ⌊c/20⌉, 2·j … 2·j+2.
    expect(red![50]).toBeCloseTo(101, 0);
    expect(green![50 * 55]).toBeCloseTo(101, 0);
    expect(scene.levels.map((level) => Math.round(level.factorX))).toEqual([1, 2, 4, 8]);
  });

  it('give a hurried reader a sketch at once', async () => {
    const { scene, rowsRead } = large();
    const [red] = await readPlanes(scene, WHOLE, [0], null, true);
    expect(rowsRead()).toBeLessThan(SIDE);
    expect(Math.abs(red![50]! - 101)).toBeLessThanOrEqual(1);
    await coarseLevelJob(scene, 40, SIDE * SIDE, [0]);
    expect(scene.levels.length).toBe(4);
  });

  it('aren’t built for windows that are cheap to read', () => {
    const { scene } = large();
    expect(coarseLevelJob(scene, 1, SIDE * SIDE, [0])).toBeNull();
    expect(coarseLevelJob(scene, 8, 1024 * 1024, [0])).toBeNull();
  });

  it('release a reader who gives up, and continue for the others', async () => {
    const { scene } = large();
    const impatient = new AbortController();
    const lost = readPlanes(scene, WHOLE, [0], impatient.signal);
    const kept = readPlanes(scene, WHOLE, [0], null);
    impatient.abort();
    await expect(lost).rejects.toMatchObject({ name: 'AbortError' });
    expect((await kept)[0]![50]).toBeCloseTo(101, 0);
    expect(pickLevel(scene, 40, [0]).factorX).toBeGreaterThan(4);
  });
});
