import { describe, expect, it } from 'vitest';
import type { SlicingMode } from '../../../geo/slicing/slicings.ts';
import type { PixelWindow } from '../../../geo/types.ts';
import { squareAround } from '../../../geo/windows.ts';
import type { TaskId } from '../../../tasks/table.ts';
import { TEST_MODEL } from '../../fakes.ts';
import { nativeSide, planSlices, type SliceInput, sharpSide, spreadOver } from './slices.ts';

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
const sized = (width: number, height: number): PixelWindow => ({ x: 0, y: 0, width, height });

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
  it('shows a region that one tile shows finely enough in one square, for words', () => {
    const plan = planSlices(input({ task: 'describe', region: { x: 0, y: 0, width: 500, height: 400 } }));
    expect(plan).toEqual({ mode: 'resize', windows: [sized(500, 500)], of: 1 });
  });

  it('cuts as the model wants where the user chose nothing', () => {
    const wanting = (slicing: SlicingMode, mode: SlicingMode = 'auto') =>
      planSlices(input({ task: 'find', mode, model: { ...TEST_MODEL, slicing } })).mode;
    expect([wanting('auto'), wanting('resize'), wanting('llava-uhd')]).toEqual(['tiles', 'resize', 'llava-uhd']);
    expect(wanting('resize', 'tiles')).toBe('tiles');
  });

  it('moves the square inside the scene where it fits', () => {
    const plan = planSlices(input({ task: 'classify', region: { x: 900, y: 700, width: 100, height: 50 } }));
    expect(plan.windows).toEqual([{ x: 900, y: 675, width: 100, height: 100 }]);
  });

  it.each(['describe', 'classify', 'ask', 'count', 'find', 'segment', 'change'] as const)(
    'looks at a region beyond that scale tile by tile to %s',
    (task) => {
      const plan = planSlices(input({ task }));
      expect(plan.mode).toBe('tiles');
      expect(plan.of).toBe(plan.windows.length);
      expect(plan.windows.every((window) => window.width === 256 && window.height === 256)).toBe(true);
      const columns = [...new Set(plan.windows.map((window) => window.x))];
      expect(columns[0]).toBe(0);
      expect(columns.at(-1)).toBe(744);
      for (const [index, x] of columns.slice(1).entries()) expect(x - columns[index]!).toBeLessThanOrEqual(192);
    },
  );

  it('looks at a sample for words about a large scene, and at all for boxes or where tiles are asked for', () => {
    const large = sized(10_000, 6000);
    const plan = (task: TaskId, mode: SlicingMode = 'auto') =>
      planSlices(input({ task, mode, region: large, scene: large, gsdMetres: 0.3 }));
    const all = plan('find');
    expect(all.windows).toHaveLength(all.of);
    for (const [task, most] of [
      ['describe', 64],
      ['ask', 256],
    ] as const) {
      const some = plan(task);
      expect(some.of).toBe(all.of);
      expect(some.windows.length).toBeLessThanOrEqual(most);
      expect(some.windows.length).toBeGreaterThan(most * 0.7);
      for (const window of some.windows) expect(all.windows).toContainEqual(window);
    }
    expect(plan('ask', 'tiles').windows).toHaveLength(all.of);
  });

  it('judges quality by pixels as they are, at any scale', () => {
    for (const gsdMetres of [null, 0.05, 10]) {
      const plan = planSlices(input({ task: 'quality', gsdMetres, region: sized(768, 512), scene: sized(768, 512) }));
      expect(plan.windows.map(({ x, y }) => [x, y])).toEqual([
        [0, 0],
        [256, 0],
        [512, 0],
        [0, 256],
        [256, 256],
        [512, 256],
      ]);
    }
    const large = planSlices(input({ task: 'quality', region: sized(4000, 3000), scene: sized(4000, 3000) }));
    expect(large.windows.length).toBeLessThanOrEqual(12);
    expect(large.of).toBe(16 * 12);
    const tiny = planSlices(input({ task: 'quality', region: sized(60, 40), scene: sized(60, 40) }));
    expect(tiny.windows).toEqual([{ x: -98, y: -108, width: 256, height: 256 }]);
  });

  it('stretches a strip that is to be shown whole, instead of showing mostly what is filled in', () => {
    const strip = sized(100_000, 10);
    const plan = planSlices(input({ task: 'describe', mode: 'resize', region: strip, scene: strip }));
    expect(plan.windows).toEqual([strip]);
  });

  it('reads a region that fits in one slice, with surroundings when it is small', () => {
    const fits = planSlices(input({ region: { x: 100, y: 100, width: 250, height: 200 } }));
    expect(fits).toEqual({ mode: 'resize', windows: [{ x: 100, y: 75, width: 250, height: 250 }], of: 1 });
    const small = planSlices(input({ region: { x: 100, y: 100, width: 20, height: 20 } }));
    expect(small.windows).toEqual([{ x: 46, y: 46, width: 128, height: 128 }]);
  });

  it('shows a photograph of unknown scale whole up to two tiles a side', () => {
    const photo = sized(512, 400);
    const plan = (gsdMetres: number | null) => planSlices(input({ region: photo, scene: photo, gsdMetres }));
    expect(plan(null)).toEqual({ mode: 'resize', windows: [{ x: 0, y: -56, width: 512, height: 512 }], of: 1 });
    expect(plan(0.3).mode).toBe('tiles');
    expect([sharpSide(input({})), sharpSide(input({ gsdMetres: 0.3 }))]).toEqual([512, 256]);
  });

  it('honours an explicit mode', () => {
    expect(planSlices(input({ mode: 'resize' })).windows).toHaveLength(1);
    const uhd = planSlices(input({ mode: 'llava-uhd', task: 'describe' }));
    expect(uhd.mode).toBe('llava-uhd');
    expect(uhd.windows[0]).toEqual({ x: 0, y: -100, width: 1000, height: 1000 });
    expect(uhd.windows.length).toBeGreaterThan(2);
    expect(uhd.windows.length).toBeLessThanOrEqual(7);
  });

  it('gives an identified region context, as far as the scene has any', () => {
    const plan = planSlices(input({ task: 'identify', region: { x: 500, y: 400, width: 100, height: 60 } }));
    expect(plan.windows).toEqual([{ x: 400, y: 280, width: 300, height: 300 }]);
    const low = {
      task: 'identify',
      scene: sized(1000, 150),
      region: { x: 500, y: 50, width: 100, height: 60 },
    } as const;
    expect(planSlices(input(low)).windows).toEqual([{ x: 475, y: 0, width: 150, height: 150 }]);
  });
});

describe('windows lie inside the scene wherever it is large enough', () => {
  const tasks: TaskId[] = ['describe', 'ask', 'classify', 'find', 'count', 'quality', 'identify', 'change'];
  const regions: [string, PixelWindow, PixelWindow][] = [
    ['a scene that is not square', sized(768, 512), sized(768, 512)],
    ['a region at the lower right edge', sized(1000, 800), { x: 940.5, y: 760.25, width: 59.5, height: 39.75 }],
    ['a thin region at the top', sized(1000, 800), { x: 10, y: 0, width: 900, height: 4 }],
    ['a thin region at the right', sized(1000, 800), { x: 997, y: 30, width: 3, height: 700 }],
    ['a thin region in the middle', sized(1000, 800), { x: 100, y: 400, width: 300, height: 2 }],
    ['a region of one pixel in a corner', sized(1000, 800), { x: 999, y: 799, width: 1, height: 1 }],
    ['most of a scene', sized(700, 690), { x: 3, y: 5, width: 690, height: 300 }],
  ];
  for (const gsdMetres of [null, 0.3, 0.1, 0.6]) {
    it.each(regions)(`%s, at ${gsdMetres} m`, (_, scene, region) => {
      for (const task of tasks) {
        for (const window of planSlices(input({ task, scene, region, gsdMetres })).windows) {
          const side = Math.max(window.width, window.height);
          if (side <= scene.width) {
            expect(window.x, task).toBeGreaterThanOrEqual(0);
            expect(window.x + window.width, task).toBeLessThanOrEqual(scene.width);
          }
          if (side <= scene.height) {
            expect(window.y, task).toBeGreaterThanOrEqual(0);
            expect(window.y + window.height, task).toBeLessThanOrEqual(scene.height);
          }
        }
      }
    });
  }

  it('is never wider than the scene where the region is not', () => {
    const small = sized(100, 80);
    for (const task of ['find', 'describe', 'identify'] as const) {
      const [window] = planSlices(input({ task, scene: small, region: small })).windows;
      expect(window, task).toEqual({ x: 0, y: -10, width: 100, height: 100 });
    }
  });
});

describe('spreadOver', () => {
  const grid = (columns: number, rows: number): PixelWindow[] =>
    Array.from({ length: columns * rows }, (_, i) => ({
      x: (i % columns) * 10,
      y: Math.floor(i / columns) * 10,
      width: 10,
      height: 10,
    }));

  it('takes columns and rows evenly, from both halves of each', () => {
    const some = spreadOver(grid(30, 20), 24);
    expect(some).toHaveLength(24);
    const mean = (axis: 'x' | 'y') => some.reduce((sum, window) => sum + window[axis], 0) / some.length;
    expect(mean('x')).toBeGreaterThan(120);
    expect(mean('x')).toBeLessThan(170);
    expect(mean('y')).toBeGreaterThan(70);
    expect(mean('y')).toBeLessThan(120);
  });

  it.each([
    [1000, 1, 12],
    [1, 1000, 12],
    [3, 400, 64],
    [5, 5, 64],
    [17, 23, 1],
  ])('never takes more than wanted, nor a window twice: %s × %s, %s', (columns, rows, most) => {
    const some = spreadOver(grid(columns, rows), most);
    expect(some.length).toBeLessThanOrEqual(most);
    expect(some.length).toBeGreaterThanOrEqual(Math.min(columns * rows, most) * 0.7);
    expect(new Set(some).size).toBe(some.length);
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
