import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFiles } from '../files/model-files.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { dequantiseLlm } from '../runtime/dequantise.ts';
import type { Engine, PromptRows } from '../runtime/engine.ts';
import type { OrtHost } from '../runtime/ort-host.ts';
import { createWasmEngine } from '../runtime/wasm-engine.ts';
import { openNodeOrt, readEmbeddedFiles } from '../testing/node-model.ts';
import type { LoraWeights } from './lora-weights.ts';
import { readAdapter } from './read-adapter.ts';
import { adapterFolder, someConfig, someNumbers, someTensors, type Tensors, writeSafetensors } from './testing.ts';

/**
 * Compares the shipped language model with adapters, run by onnxruntime-web, with weights that have the adapter merged
 * in.
 */
let files: ModelFiles;
let manifest: Manifest;
let host: OrtHost;
let engine: Engine;

const length = 30;
/** These numbers stand for the visual rows, so there is no gap. The image is rows 4 to 19. */
const prompt = (): PromptRows => ({
  rows: someNumbers(length * manifest.llm.hidden, 1, 7),
  length,
  visualAt: 4,
  visualRows: 0,
  imageRows: 16,
});
const next = () => someNumbers(manifest.llm.hidden, 1, 8);

async function logits(on: Engine): Promise<{ prefill: Float32Array; step: Float32Array }> {
  return { prefill: await on.prefill(prompt()), step: await on.step(next()) };
}

async function adapterOf(tensors: Tensors, config: Record<string, unknown> = {}): Promise<LoraWeights> {
  return (await readAdapter(manifest, adapterFolder(someConfig(config), writeSafetensors(tensors)))).weights;
}

/** Runs the plain graph on the same files, with W replaced by W + a·b. */
async function mergedLogits(adapter: LoraWeights): Promise<{ prefill: Float32Array; step: Float32Array }> {
  const { llm } = manifest;
  const weights = dequantiseLlm(llm, files.get('onnx/llm_q4.bin').buffer);
  for (const weight of llm.weights) {
    const a = adapter.inputs.get(`lora.${weight.name.replace('layers.', '')}.a`);
    const b = adapter.inputs.get(`lora.${weight.name.replace('layers.', '')}.b`);
    if (!a || !b || weight.kind !== 'q4') continue;
    const matrix = new Float32Array(weights.buffer, weight.f32.offset, weight.k * weight.n);
    for (let i = 0; i < weight.k; i++)
      for (let r = 0; r < a.dims[1]; r++)
        for (let j = 0; j < weight.n; j++)
          matrix[i * weight.n + j]! += a.data[i * a.dims[1] + r]! * b.data[r * weight.n + j]!;
  }
  const session = await host.create(files.get('onnx/llm_f32.onnx'), {
    executionProviders: ['wasm'],
    externalData: [{ path: 'llm_f32.bin', data: weights }],
  });
  const { Tensor } = host.ort;
  let past = Object.fromEntries(
    Array.from({ length: llm.layers }, (_, i) =>
      ['key', 'value'].map((part) => [
        `past_key_values.${i}.${part}`,
        new Tensor('float32', new Float32Array(0), [1, llm.kvHeads, 0, llm.headDim]),
      ]),
    ).flat(),
  );
  const run = async (rows: Float32Array, total: number) => {
    const count = rows.length / llm.hidden;
    const out = await host.run(session, {
      inputs_embeds: new Tensor('float32', rows, [1, count, llm.hidden]),
      seqlens_k: new Tensor('int32', Int32Array.of(total - 1), [1]),
      total_sequence_length: new Tensor('int32', Int32Array.of(total), [1]),
      ...past,
    });
    past = Object.fromEntries(
      Object.entries(out)
        .filter(([name]) => name.startsWith('present.'))
        .map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor as never]),
    );
    return out.logits!.data as Float32Array;
  };
  const result = { prefill: await run(prompt().rows, length), step: await run(next(), length + 1) };
  await host.exclusive(() => session.release());
  return result;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
}

beforeAll(async () => {
  files = await readEmbeddedFiles();
  ({ manifest } = files);
  host = await openNodeOrt();
  engine = await createWasmEngine(host, files, () => {});
}, 60_000);
afterAll(() => engine.dispose());

describe('an adapter on the shipped language model', () => {
  it('has the logits of merged weights, and leaves no trace once detached', async () => {
    const plain = await logits(engine);
    const adapter = await adapterOf(someTensors(manifest.llm, 4));
    await engine.useAdapter(adapter);
    const adapted = await logits(engine);
    const merged = await mergedLogits(adapter);
    expect(largestDifference(adapted.prefill, merged.prefill)).toBeLessThan(2e-3);
    expect(largestDifference(adapted.step, merged.step)).toBeLessThan(2e-3);
    expect(largestDifference(adapted.step, plain.step)).toBeGreaterThan(0.1);
    await engine.useAdapter(null);
    const again = await logits(engine);
    expect(largestDifference(again.prefill, plain.prefill)).toBe(0);
    expect(largestDifference(again.step, plain.step)).toBe(0);
  }, 60_000);

  it('can be replaced by one of another rank and with fewer modules, without being detached first', async () => {
    await engine.useAdapter(await adapterOf(someTensors(manifest.llm, 4)));
    const adapter = await adapterOf(someTensors(manifest.llm, 7, ['qkv', 'down']), {
      r: 7,
      lora_alpha: 3,
      target_modules: ['qkv', 'down'],
    });
    await engine.useAdapter(adapter);
    const merged = await mergedLogits(adapter);
    const adapted = await logits(engine);
    expect(largestDifference(adapted.prefill, merged.prefill)).toBeLessThan(2e-3);
    await engine.useAdapter(null);
  }, 60_000);

  it('acts only on the image’s rows if it is partial', async () => {
    const plain = await logits(engine);
    const tensors = someTensors(manifest.llm, 4);
    const whole = await adapterOf(tensors);
    const partial = await adapterOf(tensors, { nadir_partial: true });
    await engine.useAdapter(whole);
    const onAll = await logits(engine);
    await engine.useAdapter(partial);
    const onImage = await logits(engine);
    expect(largestDifference(onImage.prefill, plain.prefill)).toBeGreaterThan(0.05);
    expect(largestDifference(onImage.prefill, onAll.prefill)).toBeGreaterThan(0.05);
    const text = await engine.prefill({ ...prompt(), imageRows: 0 });
    expect(largestDifference(text, plain.prefill), 'no image, no effect').toBeLessThan(1e-3);
    const all = await engine.prefill({ ...prompt(), visualAt: 0, imageRows: length });
    expect(largestDifference(all, onAll.prefill), 'all image, as plain LoRA').toBeLessThan(1e-3);
    await engine.useAdapter(null);
  }, 60_000);

  it('gives the same result from Hugging Face’s separate q, k and v', async () => {
    const { llm } = manifest;
    const [q, kv] = [llm.heads * llm.headDim, llm.kvHeads * llm.headDim];
    const tensors: Tensors = {};
    const packed: Tensors = {};
    for (const [i, [name, width, from]] of (
      [
        ['q_proj', q, 0],
        ['k_proj', kv, q],
        ['v_proj', kv, q + kv],
      ] as const
    ).entries()) {
      const a = { shape: [2, llm.hidden], data: someNumbers(2 * llm.hidden, 0.1, i) };
      const path = `base_model.model.model.layers.1.self_attn.${name}`;
      tensors[`${path}.lora_A.weight`] = a;
      tensors[`${path}.lora_B.weight`] = { shape: [width, 2], data: someNumbers(width * 2, 0.1, i + 9) };
      // The equivalent packed adapter: A is repeated for this part only, and B fills the part's rows.
      const b = new Float32Array((q + 2 * kv) * 6);
      const own = tensors[`${path}.lora_B.weight`]!.data;
      for (let j = 0; j < width; j++) for (let r = 0; r < 2; r++) b[(from + j) * 6 + 2 * i + r] = own[j * 2 + r]!;
      packed[`${i}.a`] = a;
      packed[`${i}.b`] = { shape: [q + 2 * kv, 6], data: b };
    }
    const sum = new Float32Array((q + 2 * kv) * 6);
    for (let i = 0; i < 3; i++)
      packed[`${i}.b`]!.data.forEach((v, at) => {
        sum[at]! += v;
      });
    const stacked = new Float32Array(6 * llm.hidden);
    for (let i = 0; i < 3; i++) stacked.set(packed[`${i}.a`]!.data, i * 2 * llm.hidden);
    const path = 'base_model.model.layers.1.qkv';
    const together = await adapterOf(
      {
        [`${path}.lora_A.weight`]: { shape: [6, llm.hidden], data: stacked },
        [`${path}.lora_B.weight`]: { shape: [q + 2 * kv, 6], data: sum },
      },
      { r: 6, lora_alpha: 6, target_modules: ['qkv'] },
    );
    const separate = await adapterOf(tensors, {
      r: 2,
      lora_alpha: 2,
      target_modules: ['q_proj', 'k_proj', 'v_proj'],
    });
    expect(separate.inputs.get('lora.1.qkv.a')).toEqual(together.inputs.get('lora.1.qkv.a'));
    expect(separate.inputs.get('lora.1.qkv.b')).toEqual(together.inputs.get('lora.1.qkv.b'));
    expect(separate.inputs.get('lora.0.qkv.b')!.data.every((v) => v === 0)).toBe(true);
  });
});
