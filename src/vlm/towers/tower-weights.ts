import { assert, NadirError } from '../../lib/errors.ts';
import type { Safetensors, TensorEntry } from '../files/safetensors.ts';
import type { VisionSpec } from '../manifest/manifest.ts';
import { resolveStem, type Stem } from '../manifest/stem.ts';

/** A linear or convolution layer: weight [inner, cols], bias [cols]. */
export interface LayerWeights {
  readonly weight: TensorEntry;
  readonly bias: TensorEntry;
}

export interface BlockWeights {
  readonly norm1: LayerWeights;
  readonly qkv: LayerWeights;
  readonly proj: LayerWeights;
  readonly norm2: LayerWeights;
  readonly fc1: LayerWeights;
  readonly fc2: LayerWeights;
}

/** All weights that a tower of `spec` needs, found by name, with their shapes checked. */
export interface TowerWeights {
  /** Of the stem, in its order; a depthwise layer's weight is [kernel · kernel, channels]. */
  readonly layers: readonly LayerWeights[];
  /** [grid rows · grid cols, width]. */
  readonly posEmbed: TensorEntry;
  readonly blocks: readonly BlockWeights[];
  /** Null if features are read before the last norm. */
  readonly norm: LayerWeights | null;
}

/** Finds the tower's tensors. MODEL_MANIFEST_INVALID if the description contradicts itself or doesn't match a tensor. */
export function findTowerWeights(spec: VisionSpec, tensors: Safetensors): TowerWeights {
  const stem = resolveStem(spec, spec.bands);
  if (stem.nodes.length === 0) fail('has no stem layers, expected at least one, which cuts the image into patches');
  if (spec.width % spec.heads !== 0 || spec.width / spec.heads > 128) {
    fail(`splits ${spec.width} channels into ${spec.heads} heads; heads of up to 128 whole channels are supported`);
  }
  const layer = (name: string, weightShape: number[], cols: number): LayerWeights => ({
    weight: tensors.tensor(`${name}.weight`, weightShape),
    bias: tensors.tensor(`${name}.bias`, [cols]),
  });
  const linear = (name: string, inner: number, cols: number) => layer(name, [inner, cols], cols);
  const { width, mlp, grid } = spec;
  return {
    layers: stem.nodes.map(({ layer: conv }) => linear(conv.name, kernelInputs(conv), conv.out)),
    posEmbed: tensors.tensor('pos_embed', [grid[0] * grid[1], width]),
    blocks: Array.from({ length: spec.depth }, (_, i) => ({
      norm1: layer(`blocks.${i}.norm1`, [width], width),
      qkv: linear(`blocks.${i}.qkv`, width, 3 * width),
      proj: linear(`blocks.${i}.proj`, width, width),
      norm2: layer(`blocks.${i}.norm2`, [width], width),
      fc1: linear(`blocks.${i}.fc1`, width, mlp),
      fc2: linear(`blocks.${i}.fc2`, mlp, width),
    })),
    norm: spec.finalNorm === false ? null : layer('norm', [width], width),
  };
}

/** How many products one output value of a layer is the sum of: the rows of its weights. */
export function kernelInputs(conv: VisionSpec['stem'][number]): number {
  return (conv.k * conv.k * conv.in) / (conv.groups ?? 1);
}

/** Tokens along an image side of `sizePx` pixels, a positive multiple of the stem's largest cell. */
export function tokensAlong(stem: Stem, sizePx: number, side: string): number {
  const { patchPx, multiplePx } = stem;
  const fits = Number.isInteger(sizePx) && sizePx >= multiplePx && sizePx % multiplePx === 0;
  assert(
    fits,
    `the tower got an image with a ${side} of ${sizePx} pixels; it takes positive multiples of ${multiplePx}`,
  );
  return sizePx / patchPx;
}

function fail(what: string): never {
  throw new NadirError('MODEL_MANIFEST_INVALID', `The model's nadir.json "vision" ${what}. Restore the model folder.`);
}
