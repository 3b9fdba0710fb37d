import type { LlmSpec } from '../manifest/llm-manifest.ts';

/** The language model's projections as its graphs define them: query, key and value are one projection, for example. */
export const projections = ['qkv', 'out', 'gate', 'up', 'down'] as const;
export type Projection = (typeof projections)[number];

/** The location of an adapter's module: columns `from`…`from + width` of one projection in one layer. */
export interface Module {
  layer: number;
  projection: Projection;
  from: number;
  width: number;
}

/** Nadir's own names and Hugging Face's for Llama and Qwen. Their q, k and v are parts of one projection here. */
const names: Record<string, Projection> = {
  qkv: 'qkv',
  out: 'out',
  gate: 'gate',
  up: 'up',
  down: 'down',
  q_proj: 'qkv',
  k_proj: 'qkv',
  v_proj: 'qkv',
  o_proj: 'out',
  gate_proj: 'gate',
  up_proj: 'up',
  down_proj: 'down',
};

export const knownTargets: readonly string[] = Object.keys(names);

const path =
  /^(?:(?:model|language_model)\.){0,3}layers\.(\d{1,3})\.(?:self_attn\.|mlp\.)?(qkv|out|gate|up|down|[qkvo]_proj|(?:gate|up|down)_proj)$/;

/**
 * The module at a path of the base model ("layers.0.qkv", "model.layers.3.self_attn.q_proj"); null if the path is
 * unknown.
 */
export function moduleAt(llm: LlmSpec, modulePath: string): Module | null {
  const match = path.exec(modulePath);
  const layer = Number(match?.[1]);
  const name = match?.[2];
  const projection = name === undefined ? undefined : names[name];
  if (!name || !projection || layer >= llm.layers) return null;
  const size = sizeOf(llm, layer, projection);
  if (!size) return null;
  const [q, kv] = [llm.heads * llm.headDim, llm.kvHeads * llm.headDim];
  if (name === 'q_proj') return { layer, projection, from: 0, width: q };
  if (name === 'k_proj') return { layer, projection, from: q, width: kv };
  if (name === 'v_proj') return { layer, projection, from: q + kv, width: kv };
  return { layer, projection, from: 0, width: size.n };
}

/** Inputs and outputs of a projection; null if the model has no such weight. */
export function sizeOf(llm: LlmSpec, layer: number, projection: Projection): { k: number; n: number } | null {
  const weight = llm.weights.find((w) => w.name === `layers.${layer}.${projection}`);
  return weight?.kind === 'q4' ? { k: weight.k, n: weight.n } : null;
}
