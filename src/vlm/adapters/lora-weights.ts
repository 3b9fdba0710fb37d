import { NadirError } from '../../lib/errors.ts';
import { Safetensors, type TensorEntry, tensorFloats } from '../files/safetensors.ts';
import type { LlmSpec } from '../manifest/llm-manifest.ts';
import type { AdapterConfig } from './adapter-config.ts';
import { invalid } from './adapter-files.ts';
import { knownTargets, type Module, moduleAt, projections, sizeOf } from './projections.ts';

/** A matrix for a graph's input, f32[rows, cols] row-major. */
export interface Matrix {
  data: Float32Array<ArrayBuffer>;
  dims: [rows: number, cols: number];
}

/** An adapter in the form of inputs to the model's LoRA graphs. */
export interface LoraWeights {
  partial: boolean;
  /**
   * `lora.{layer}.{projection}.a` f32[K, r] and `.b` f32[r, N], with alpha / r already multiplied into b. Every
   * projection has a pair.
   */
  inputs: Map<string, Matrix>;
  /** Count of the numbers in the adapter's own file. */
  parameters: number;
}

interface Pair {
  module: Module;
  a: TensorEntry;
  b: TensorEntry;
  rank: number;
}

const key = /^base_model\.model\.(.+)\.lora_([AB])(?:\.default)?\.weight$/;

/**
 * Arranges the tensors of adapter_model.safetensors for the graphs. Errors: ADAPTER_INVALID (damaged file, half a
 * pair), ADAPTER_UNSUPPORTED (modules that this model lacks), ADAPTER_WRONG_BASE (other sizes).
 */
export function readLoraWeights(llm: LlmSpec, config: AdapterConfig, file: ArrayBuffer): LoraWeights {
  refuseUnknown(config.targetModules ?? []);
  const pairs = readPairs(llm, parse(file));
  const inputs = new Map<string, Matrix>();
  for (let layer = 0; layer < llm.layers; layer++) {
    for (const projection of projections) {
      const size = sizeOf(llm, layer, projection);
      if (!size) throw unsupported(`the model has no 4-bit weight for "layers.${layer}.${projection}"`);
      const own = pairs.filter(({ module }) => module.layer === layer && module.projection === projection);
      const { a, b } = own.length > 0 ? packPairs(own, size, config) : noChange(size);
      inputs.set(`lora.${layer}.${projection}.a`, a);
      inputs.set(`lora.${layer}.${projection}.b`, b);
    }
  }
  return {
    partial: config.partial,
    inputs,
    parameters: pairs.reduce((sum, { a, b }) => sum + a.data.length + b.data.length, 0),
  };
}

function parse(file: ArrayBuffer): Safetensors {
  try {
    return Safetensors.parse(file);
  } catch (thrown) {
    const fault = NadirError.from(thrown).details.fault;
    throw invalid(`has a damaged adapter_model.safetensors: it ${fault ?? 'can’t be read'}`, 'Copy it again.', thrown);
  }
}

function refuseUnknown(targets: readonly string[]): void {
  const unknown = targets.filter((target) => !knownTargets.includes(target.split('.').at(-1) ?? ''));
  if (unknown.length > 0) throw unsupported(`it changes ${quoted(unknown)}, which this model has not`);
}

/** Both halves of every module, with sizes checked against the base model's. */
function readPairs(llm: LlmSpec, tensors: Safetensors): Pair[] {
  const halves = new Map<string, { a?: string; b?: string }>();
  const foreign: string[] = [];
  for (const name of tensors.names) {
    const match = key.exec(name);
    const modulePath = match?.[1];
    if (!modulePath || !moduleAt(llm, modulePath)) {
      foreign.push(name);
      continue;
    }
    const half = halves.get(modulePath) ?? {};
    half[match[2] === 'A' ? 'a' : 'b'] = name;
    halves.set(modulePath, half);
  }
  if (foreign.length > 0) throw unsupported(`it changes ${quoted(foreign)}, which this model has not`);
  if (halves.size === 0) throw invalid('changes nothing: its file holds no tensors', 'Copy it again.');
  return [...halves].map(([modulePath, { a, b }]) => {
    if (!a || !b) throw invalid(`has only one of lora_A and lora_B for "${modulePath}"`, 'Copy it again.');
    return checkPair(llm, modulePath, tensors.entry(a), tensors.entry(b));
  });
}

function checkPair(llm: LlmSpec, modulePath: string, a: TensorEntry, b: TensorEntry): Pair {
  const module = moduleAt(llm, modulePath)!;
  const { k } = sizeOf(llm, module.layer, module.projection)!;
  const rank = a.shape[0] ?? 0;
  const fits =
    a.shape.length === 2 &&
    b.shape.length === 2 &&
    rank > 0 &&
    a.shape[1] === k &&
    b.shape[0] === module.width &&
    b.shape[1] === rank;
  if (!fits) {
    throw new NadirError(
      'ADAPTER_WRONG_BASE',
      `The adapter is for a model of another size: its "${modulePath}" has lora_A [${a.shape}] and lora_B [${b.shape}], this model needs [r, ${k}] and [${module.width}, r]. Choose the adapter's own base model.`,
      { details: { module: modulePath } },
    );
  }
  return { module, a, b, rank };
}

/** PEFT's A [r, K] and B [width, r], transposed. If several modules share a projection, they are placed side by side. */
function packPairs(pairs: Pair[], { k, n }: { k: number; n: number }, config: AdapterConfig): { a: Matrix; b: Matrix } {
  const ranks = pairs.reduce((sum, { rank }) => sum + rank, 0);
  const a = new Float32Array(k * ranks);
  const b = new Float32Array(ranks * n);
  let first = 0;
  for (const { module, rank, ...tensors } of pairs) {
    const down = tensorFloats(tensors.a);
    const up = tensorFloats(tensors.b);
    const scaling = config.alpha / (config.rankStabilised ? Math.sqrt(rank) : rank);
    for (let r = 0; r < rank; r++) {
      for (let i = 0; i < k; i++) a[i * ranks + first + r] = down[r * k + i]!;
      for (let j = 0; j < module.width; j++) b[(first + r) * n + module.from + j] = up[j * rank + r]! * scaling;
    }
    first += rank;
  }
  if (!a.every(Number.isFinite) || !b.every(Number.isFinite)) {
    throw invalid('holds numbers that are not finite', 'Train it again, or copy it again.');
  }
  return { a: { data: a, dims: [k, ranks] }, b: { data: b, dims: [ranks, n] } };
}

/** A pair that changes nothing, because the graph needs every pair. */
function noChange({ k, n }: { k: number; n: number }): { a: Matrix; b: Matrix } {
  return { a: { data: new Float32Array(k), dims: [k, 1] }, b: { data: new Float32Array(n), dims: [1, n] } };
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 80)));
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(', ');
}

function unsupported(what: string): NadirError {
  return new NadirError(
    'ADAPTER_UNSUPPORTED',
    `The adapter can't be added to this model: ${what}. An adapter may change ${knownTargets.slice(0, 5).join(', ')}, or the like-named modules of Hugging Face (q_proj, …).`,
  );
}
