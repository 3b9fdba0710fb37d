import { assert, NadirError } from '../../lib/errors.ts';
import type { Safetensors, TensorEntry } from '../files/safetensors.ts';
import type { VisionSpec } from '../manifest/manifest.ts';

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
  readonly stem: readonly LayerWeights[];
  /** [grid rows · grid cols, width]. */
  readonly posEmbed: TensorEntry;
  readonly blocks: readonly BlockWeights[];
  /** Null if features are read before the last norm. */
  readonly norm: LayerWeights | null;
}

/** Finds the tower's tensors. MODEL_MANIFEST_INVALID if the description contradicts itself or doesn't match a tensor. */
export function findTowerWeights(spec: VisionSpec, tensors: Safetensors): TowerWeights {
  checkSpec(spec);
  const layer = (name: string, weightShape: number[], cols: number): LayerWeights => ({
    weight: tensors.tensor(`${name}.weight`, weightShape),
    bias: tensors.tensor(`${name}.bias`, [cols]),
  });
  const linear = (name: string, inner: number, cols: number) => layer(name, [inner, cols], cols);
  const { width, mlp, grid } = spec;
  return {
    stem: spec.stem.map((conv) => linear(conv.name, conv.k * conv.k * conv.in, conv.out)),
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

/** Pixels of the image along one side of a token: the product of the stem's strides. */
export function patchSize(spec: VisionSpec): number {
  return spec.stem.reduce((product, conv) => product * conv.stride, 1);
}

/** Tokens along an image side of `sizePx` pixels, a positive multiple of the patch. */
export function tokensAlong(spec: VisionSpec, sizePx: number, side: string): number {
  const patch = patchSize(spec);
  const fits = Number.isInteger(sizePx) && sizePx >= patch && sizePx % patch === 0;
  assert(fits, `the tower got an image with a ${side} of ${sizePx} pixels; it takes positive multiples of ${patch}`);
  return sizePx / patch;
}

function checkSpec(spec: VisionSpec): void {
  if (spec.stem.length === 0) fail('has no stem layers, expected at least one, which cuts the image into patches');
  if (spec.width % spec.heads !== 0 || spec.width / spec.heads > 128) {
    fail(`splits ${spec.width} channels into ${spec.heads} heads; heads of up to 128 whole channels are supported`);
  }
  let channels = spec.bands;
  for (const conv of spec.stem) {
    if (conv.in !== channels) fail(`gives "${conv.name}" ${conv.in} input channels after ${channels}`);
    // Otherwise an image side divisible by the patch would not give side / patch tokens.
    if (2 * conv.pad > conv.k - 1 || 2 * conv.pad < conv.k - conv.stride) {
      fail(
        `pads "${conv.name}" (kernel ${conv.k}, stride ${conv.stride}) by ${conv.pad}, which doesn't give size / stride`,
      );
    }
    if (conv.residual && (conv.in !== conv.out || conv.stride !== 1)) {
      fail(`adds the input of "${conv.name}" to an output of another shape`);
    }
    channels = conv.out;
  }
  if (channels !== spec.width) fail(`ends its stem with ${channels} channels, the blocks take ${spec.width}`);
}

function fail(what: string): never {
  throw new NadirError('MODEL_MANIFEST_INVALID', `The model's nadir.json "vision" ${what}. Restore the model folder.`);
}
