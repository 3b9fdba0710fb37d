import { describe, expect, it } from 'vitest';
import { resolveStem } from './stem.ts';

/** The tests change a description at any place. */
// biome-ignore lint/suspicious/noExplicitAny: as above
type Vision = any;

/** A stem with one inverted bottleneck at stride 4, a branch down to stride 8, and tokens at stride 4 that add the branch. */
const vision = (): Vision => ({
  width: 12,
  stem: [
    { name: 'stem', k: 3, stride: 2, pad: 0, padAfter: 1, in: 4, out: 6, act: 'relu6', residual: false },
    { name: 'expand', k: 1, stride: 1, pad: 0, in: 6, out: 24, act: 'relu6', residual: false },
    { name: 'depthwise', k: 5, stride: 1, pad: 2, in: 24, out: 24, groups: 24, act: 'relu6', residual: false },
    { name: 'project', k: 1, stride: 1, pad: 0, in: 24, out: 6, act: null, residual: 'stem' },
    { name: 'down', k: 3, stride: 2, pad: 1, padAfter: 0, in: 6, out: 8, act: null, residual: false },
    { name: 'deep', k: 5, stride: 2, pad: 1, padAfter: 2, in: 8, out: 8, groups: 8, act: null, residual: false },
    { name: 'intoDeep', k: 1, stride: 1, pad: 0, in: 8, out: 12, act: null, residual: false },
    { name: 'glance', from: 'pixels', k: 4, stride: 4, pad: 0, in: 4, out: 2, act: 'relu6', residual: false },
    { name: 'into', from: 'down', k: 1, stride: 1, pad: 0, in: 8, out: 12, act: null, residual: 'intoDeep' },
  ],
  taps: [
    { name: 'finer', layer: 'project' },
    { name: 'deep', layer: 'deep' },
    { name: 'glance', layer: 'glance' },
  ],
});

describe('resolveStem', () => {
  it('resolves names, and counts the pixels of a cell along each branch', () => {
    const stem = resolveStem(vision(), 4);
    expect(stem.nodes.map((node) => node.from)).toEqual([-1, 0, 1, 2, 3, 4, 5, -1, 4]);
    expect(stem.nodes.map((node) => node.residual)).toEqual([null, null, null, 0, null, null, null, null, 6]);
    expect(stem.nodes.map((node) => node.cellPx)).toEqual([2, 2, 2, 2, 4, 8, 8, 4, 4]);
    expect(stem.nodes.map((node) => node.padAfter)).toEqual([1, 0, 2, 0, 0, 2, 0, 0, 0]);
    expect(stem.nodes.filter((node) => node.depthwise).map((node) => node.layer.name)).toEqual(['depthwise', 'deep']);
    expect(stem.taps).toEqual([
      { name: 'finer', at: 3 },
      { name: 'deep', at: 5 },
      { name: 'glance', at: 7 },
    ]);
    expect(stem).toMatchObject({ patchPx: 4, multiplePx: 8 });
  });

  it('names what the last layer reads "fine" if a model states no taps', () => {
    const { taps: _, ...plain } = vision();
    expect(resolveStem(plain, 4).taps).toEqual([{ name: 'fine', at: 4 }]);
    const patch = { name: 'patch', k: 4, stride: 4, pad: 0, in: 4, out: 12, act: null, residual: false };
    expect(resolveStem({ width: 12, stem: [patch] }, 4).taps).toEqual([{ name: 'fine', at: -1 }]);
  });

  it('resolves a tower that only its graph computes to nothing', () => {
    expect(resolveStem({ width: 12, stem: [] }, 3)).toEqual({ nodes: [], taps: [], patchPx: 1, multiplePx: 1 });
  });

  it.each<[key: string, breakIt: (v: Vision) => void]>([
    ['vision.stem[1].name', (v) => (v.stem[1].name = 'stem')],
    ['vision.stem[2].name', (v) => (v.stem[2].name = 'pixels')],
    ['vision.stem[0].in', (v) => (v.stem[0].in = 3)],
    ['vision.stem[1].in', (v) => (v.stem[1].in = 7)],
    ['vision.stem[7].in', (v) => (v.stem[7].in = 8)],
    ['vision.stem[7].from', (v) => (v.stem[7].from = 'pixel')],
    ['vision.stem[7].from', (v) => (v.stem[7].from = 'into')],
    ['vision.stem[7].from', (v) => (v.stem[7].from = 'glance')],
    ['vision.stem[2].groups', (v) => (v.stem[2].groups = 8)],
    ['vision.stem[1].groups', (v) => (v.stem[1].groups = 6)],
    ['vision.stem[0].pad', (v) => (v.stem[0].padAfter = 3)],
    ['vision.stem[2].pad', (v) => (v.stem[2].padAfter = 1)],
    ['vision.stem[3].residual', (v) => (v.stem[3].residual = 'into')],
    ['vision.stem[3].residual', (v) => (v.stem[3].residual = true)],
    ['vision.stem[2].residual', (v) => (v.stem[2].residual = true)],
    // An output on a finer grid.
    ['vision.stem[6].residual', (v) => Object.assign(v.stem[6], { out: 6, residual: 'stem' })],
    ['vision.stem[8].out', (v) => (v.width = 13)],
    ['vision.taps[0].layer', (v) => (v.taps[0].layer = 'projection')],
    ['vision.taps[1].layer', (v) => (v.taps[1].layer = 'into')],
    ['vision.taps[2].name', (v) => (v.taps[2].name = 'tokens')],
    ['vision.taps[2].name', (v) => (v.taps[2].name = 'deep')],
  ])('names %s', (key, breakIt) => {
    const broken = vision();
    breakIt(broken);
    expect(() => resolveStem(broken, 4)).toThrow(
      expect.objectContaining({ code: 'MODEL_MANIFEST_INVALID', details: { key } }),
    );
  });
});
