import { describe, expect, it } from 'vitest';
import { TEST_MODEL } from './fakes.ts';
import { nativeSide, planSlices, type SliceInput, squareAround } from './slices.ts';

const scene = { x: 0, y: 0, width: 1000, height: 800 };
const input = (changes: Partial<SliceInput>): SliceInput => ({
  task: 'find',
  mode: 'auto',
  region: scene,
  scene,
  gsdMetres: null,
  model: TEST_MODEL,
  ...changes,
});

describe('nativeSide', () => {
  it.each([
    ['without a ground sample distance', null, 256],
    ['at the best one', 0.3, 256],
    ['finer imagery', 0.1, 768],
    ['coarser imagery', 0.6, 128],
    ['far too coarse imagery', 10, 128],
    ['far too fine imagery', 0.001, 2048],
  ])('%s', (_, gsdMetres, side) => {
    expect(nativeSide({ model: TEST_MODEL, gsdMetres })).toBe(side);
  });
});

describe('planSlices', () => {
  it('shows the whole region in one square for words', () => {
    const plan = planSlices(input({ task: 'describe' }));
    expect(plan).toEqual({ mode: 'resize', windows: [{ x: 0, y: -100, width: 1000, height: 1000 }] });
  });

  it('moves the square inside the scene where it fits', () => {
    const plan = planSlices(input({ task: 'classify', region: { x: 900, y: 700, width: 100, height: 50 } }));
    expect(plan.windows).toEqual([{ x: 900, y: 675, width: 100, height: 100 }]);
  });

  it('stretches a strip instead of showing mostly emptiness', () => {
    const strip = { x: 0, y: 0, width: 100_000, height: 10 };
    const plan = planSlices(input({ task: 'describe', region: strip, scene: strip }));
    expect(plan.windows).toEqual([strip]);
  });

  it('reads a region that fits in one slice, with surroundings when it is small', () => {
    const fits = planSlices(input({ region: { x: 100, y: 100, width: 250, height: 200 } }));
    expect(fits).toEqual({ mode: 'resize', windows: [{ x: 100, y: 75, width: 250, height: 250 }] });
    const small = planSlices(input({ region: { x: 100, y: 100, width: 20, height: 20 } }));
    expect(small.windows).toEqual([{ x: 46, y: 46, width: 128, height: 128 }]);
  });

  it('shows a photograph of unknown scale whole up to two tiles a side', () => {
    const photo = { x: 0, y: 0, width: 512, height: 400 };
    const plan = (gsdMetres: number | null) => planSlices(input({ region: photo, scene: photo, gsdMetres }));
    expect(plan(null)).toEqual({ mode: 'resize', windows: [{ x: 0, y: -56, width: 512, height: 512 }] });
    expect(plan(0.3).mode).toBe('tiles');
  });

  it('covers a larger region with overlapping native tiles', () => {
    const plan = planSlices(input({ task: 'count' }));
    expect(plan.mode).toBe('tiles');
    expect(plan.windows.every((window) => window.width === 256 && window.height === 256)).toBe(true);
    const columns = [...new Set(plan.windows.map((window) => window.x))];
    expect(columns[0]).toBe(0);
    expect(columns.at(-1)).toBe(744);
    for (const [index, x] of columns.slice(1).entries()) expect(x - columns[index]!).toBeLessThanOrEqual(192);
  });

  it('honours an explicit mode', () => {
    expect(planSlices(input({ mode: 'resize' })).windows).toHaveLength(1);
    const uhd = planSlices(input({ mode: 'llava-uhd', task: 'describe' }));
    expect(uhd.mode).toBe('llava-uhd');
    expect(uhd.windows[0]).toEqual({ x: 0, y: -100, width: 1000, height: 1000 });
    expect(uhd.windows.length).toBeGreaterThan(2);
    expect(uhd.windows.length).toBeLessThanOrEqual(7);
  });

  it('gives an identified region context', () => {
    const plan = planSlices(input({ task: 'identify', region: { x: 500, y: 400, width: 100, height: 60 } }));
    expect(plan.windows).toEqual([{ x: 400, y: 280, width: 300, height: 300 }]);
  });
});

it('squareAround centres a square that is larger than the scene', () => {
  expect(squareAround({ x: 0, y: 0, width: 10, height: 10 }, 2000, scene)).toEqual({
    x: -500,
    y: -600,
    width: 2000,
    height: 2000,
  });
});
