import { wrong } from './fail.ts';
import type { ManifestDocument } from './schema.ts';

type Vision = ManifestDocument['vision'];
type StemLayer = Vision['stem'][number];

/** What `from` calls the image. */
const pixels = 'pixels';

/** One layer of the stem, with the names in it resolved to indices. */
export interface StemNode {
  readonly layer: StemLayer;
  /** Index of the layer whose output this one reads; −1 for the pixels. */
  readonly from: number;
  /** Index of the layer whose output is added after the activation, −1 for the pixels; null for none. */
  readonly residual: number | null;
  /** One kernel a channel. */
  readonly depthwise: boolean;
  readonly padAfter: number;
  /** Image pixels along one side of an output cell. */
  readonly cellPx: number;
}

export interface Stem {
  readonly nodes: readonly StemNode[];
  /** The tower's outputs beside its tokens: the output of layer `at`, −1 for the pixels. */
  readonly taps: readonly { readonly name: string; readonly at: number }[];
  /** Image pixels along one side of a token. */
  readonly patchPx: number;
  /** An image's sides are multiples of this: the largest cell of any layer. */
  readonly multiplePx: number;
}

/**
 * Resolves `vision.stem` and `vision.taps` for an image of `bands` channels. The last layer's output becomes the tokens.
 * MODEL_MANIFEST_INVALID if a name is unknown, if sizes don't follow on, or if the WGSL tower has no kernel for a layer. An empty stem
 * resolves to nothing: such a tower is computed by its graph only.
 */
export function resolveStem(vision: Pick<Vision, 'stem' | 'taps' | 'width'>, bands: number): Stem {
  const { stem } = vision;
  const nodes: StemNode[] = [];
  for (const layer of stem) nodes.push(resolveLayer(layer, nodes, bands));
  const last = nodes.at(-1);
  if (last && last.layer.out !== vision.width) {
    const expected = `${vision.width}, the width of the blocks`;
    throw wrong(['vision', 'stem', nodes.length - 1, 'out'], last.layer.out, expected);
  }
  // The last layer's output is the tokens' and gets the positions added.
  const tapped = nodes.slice(0, -1);
  const names = ['tokens', ...(vision.taps ?? []).map(({ name }) => name)];
  const taps = (vision.taps ?? []).map(({ name, layer }, i) => {
    if (names.indexOf(name) <= i) throw wrong(['vision', 'taps', i, 'name'], name, 'a name that no other output has');
    return { name, at: find(layer, tapped, ['vision', 'taps', i, 'layer']) };
  });
  return {
    nodes,
    // Until taps had names, a tower's only other output was what its last layer read.
    taps: vision.taps || !last ? taps : [{ name: 'fine', at: last.from }],
    patchPx: last?.cellPx ?? 1,
    multiplePx: Math.max(1, ...nodes.map((node) => node.cellPx)),
  };
}

/** The layer after those in `before`. */
function resolveLayer(layer: StemLayer, before: readonly StemNode[], bands: number): StemNode {
  const key = (name: keyof StemLayer) => ['vision', 'stem', before.length, name];
  const channels = (at: number) => before[at]?.layer.out ?? bands;
  const cellPx = (at: number) => before[at]?.cellPx ?? 1;
  const { name, k, stride, pad, padAfter = pad, groups = 1, out } = layer;
  if (name === pixels || before.some((node) => node.layer.name === name)) {
    throw wrong(key('name'), name, 'a name of its own');
  }
  const from = layer.from === undefined ? before.length - 1 : find(layer.from, before, key('from'));
  if (layer.in !== channels(from)) throw wrong(key('in'), layer.in, `${channels(from)}, the channels that it reads`);
  const depthwise = groups > 1;
  if (depthwise && (groups !== layer.in || groups !== out)) {
    const expected = '1, or as many as input and output channels; a tower that only its graph computes has no "stem"';
    throw wrong(key('groups'), groups, expected);
  }
  // Otherwise an image side divisible by the stride would not give side / stride cells.
  if (pad + padAfter > k - 1 || pad + padAfter < k - stride) {
    const expected = `${Math.max(k - stride, 0)} to ${k - 1} zeros together with "padAfter", so that the output has size / stride cells`;
    throw wrong(key('pad'), pad, expected);
  }
  const node = { layer, from, depthwise, padAfter, cellPx: cellPx(from) * stride };
  if (!layer.residual) return { ...node, residual: null };
  const residual = layer.residual === true ? from : find(layer.residual, before, key('residual'));
  if (depthwise) throw wrong(key('residual'), layer.residual, 'false for a layer with one kernel a channel');
  if (channels(residual) !== out || cellPx(residual) % node.cellPx !== 0) {
    throw wrong(key('residual'), layer.residual, `an output of ${out} channels, not finer than this layer's own`);
  }
  return { ...node, residual };
}

/** Index of the layer `name` in `before`; −1 for the pixels. */
function find(name: string, before: readonly StemNode[], path: readonly (string | number)[]): number {
  const at = before.findIndex((node) => node.layer.name === name);
  if (at < 0 && name !== pixels) throw wrong(path, name, `"${pixels}" or the name of an earlier layer`);
  return at;
}
