import type { LlmSpec } from '../manifest/llm-manifest.ts';
import { projections, sizeOf } from './projections.ts';

/** Generates adapters for tests. */

export type Tensors = Record<string, { shape: number[]; data: Float32Array }>;

/** A safetensors file of f32 tensors. */
export function writeSafetensors(tensors: Tensors): Uint8Array<ArrayBuffer> {
  let at = 0;
  // An object without a prototype, because a tensor may be called "__proto__".
  const header: Record<string, unknown> = Object.create(null);
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
  }
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text + ' '.repeat((8 - (text.length % 8)) % 8));
  const out = new Uint8Array(8 + json.length + at);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  let offset = 8 + json.length;
  for (const { data } of Object.values(tensors)) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return out;
}

/** Numbers in −scale…scale. The same arguments always give the same numbers. */
export function someNumbers(count: number, scale: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed + 1;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647 - 0.5) * 2 * scale;
  });
}

/** PEFT tensors for `targets` in every layer, about as strong as a trained adapter. */
export function someTensors(
  llm: LlmSpec,
  rank: number,
  targets: readonly string[] = projections,
  scale = 0.1,
): Tensors {
  const tensors: Tensors = {};
  for (let layer = 0; layer < llm.layers; layer++) {
    for (const [i, projection] of projections.entries()) {
      if (!targets.includes(projection)) continue;
      const { k, n } = sizeOf(llm, layer, projection)!;
      const path = `base_model.model.layers.${layer}.${projection}`;
      tensors[`${path}.lora_A.weight`] = { shape: [rank, k], data: someNumbers(rank * k, scale, 10 * layer + i) };
      tensors[`${path}.lora_B.weight`] = { shape: [n, rank], data: someNumbers(n * rank, scale, 10 * layer + i + 500) };
    }
  }
  return tensors;
}

/** adapter_config.json as `training/model/lora.py` writes it. */
export function someConfig(rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    peft_type: 'LORA',
    base_model_name_or_path: 'nadir-s',
    r: 4,
    lora_alpha: 8,
    target_modules: [...projections],
    bias: 'none',
    nadir_partial: false,
    nadir_name: 'Test adapter',
    nadir_licence: 'MIT',
    ...rest,
  };
}

/** An adapter's folder, in the form of dropped files. */
export function adapterFolder(config: unknown, weights: Uint8Array<ArrayBuffer>): File[] {
  return [
    new File([JSON.stringify(config)], 'adapter_config.json', { type: 'application/json' }),
    new File([weights], 'adapter_model.safetensors'),
    new File(['# An adapter'], 'README.md'),
  ];
}
