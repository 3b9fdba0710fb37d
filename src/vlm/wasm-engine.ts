import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { NadirError } from '../lib/errors.ts';
import { dequantiseLlm } from './dequantise.ts';
import type { Engine, Evidence, RefinerInputs } from './engine.ts';
import type { ModelFiles } from './model-files.ts';
import type { OrtHost } from './ort-host.ts';
import type { PromptRows } from './prompt.ts';
import { evidenceOf, noChangeHead, runChange, runPlaces, runRefiner } from './small-graphs.ts';

/**
 * The model on WebAssembly: ONNX vision tower, and the language model as a plain f32 graph over the 4-bit weights
 * dequantised here. The key/value cache grows, since preallocated CPU outputs aren't filled on this backend.
 */
export async function createWasmEngine(host: OrtHost, files: ModelFiles, onSession: () => void): Promise<Engine> {
  const { manifest } = files;
  const { llm } = manifest;
  const { Tensor } = host.ort;
  const open = async (graph: string, external?: { path: string; data: Uint8Array }) => {
    const session = await host.create(files.get(graph), {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      ...(external ? { externalData: [external] } : {}),
    });
    onSession();
    return session;
  };
  const vision = await open('onnx/vision.onnx', {
    path: 'vision.safetensors',
    data: files.get('onnx/vision.safetensors'),
  });
  const connector = await open('onnx/connector.onnx');
  const proposals = await open('onnx/proposals.onnx');
  const decoder = await open('onnx/llm_f32.onnx', {
    path: 'llm_f32.bin',
    data: dequantiseLlm(llm, files.get('onnx/llm_q4.bin').buffer),
  });
  const refiner = files.has('onnx/refiner.onnx') ? await open('onnx/refiner.onnx') : null;
  const change = manifest.change
    ? { compare: await open(manifest.change.graph), embed: await open(manifest.change.embedGraph) }
    : null;

  const f32 = (data: Float32Array, dims: number[]) => new Tensor('float32', data, dims);
  const i32 = (value: number) => new Tensor('int32', Int32Array.of(value), [1]);
  let seen: InferenceSession.ReturnType | null = null;
  let visual: Float32Array | null = null;
  let past: Record<string, Tensor> = {};
  let positions = 0;

  const decode = async (rows: Float32Array, count: number): Promise<Float32Array> => {
    const outputs = await host.run(decoder, {
      inputs_embeds: f32(rows, [1, count, llm.hidden]),
      seqlens_k: i32(positions + count - 1),
      total_sequence_length: i32(positions + count),
      ...past,
    });
    positions += count;
    past = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      if (name.startsWith('present.')) past[name.replace('present', 'past_key_values')] = tensor as Tensor;
    }
    return floats(outputs, 'logits');
  };

  return {
    kind: 'wasm',
    async see(pixels) {
      const side = manifest.vision.imageSize;
      seen = await host.run(vision, { pixels: f32(pixels, [1, side, side, manifest.vision.bands]) });
    },
    async connect(): Promise<Evidence> {
      if (!seen) throw new NadirError('INTERNAL', 'The connector ran before the vision tower.');
      const outputs = await host.run(connector, { tokens: seen.tokens!, fine: seen.fine! });
      visual = floats(outputs, 'visual');
      return evidenceOf(outputs);
    },
    embedPlaces: (inputs) => runPlaces(host, proposals, inputs),
    async compare(neckBefore, neckAfter) {
      if (!change) throw noChangeHead();
      return runChange(host, change.compare, manifest.neck, neckBefore, neckAfter);
    },
    async embedChanges(inputs) {
      if (!change) throw noChangeHead();
      return runPlaces(host, change.embed, inputs);
    },
    async prefill(prompt: PromptRows) {
      if (prompt.visualRows > 0) {
        if (!visual) throw new NadirError('INTERNAL', 'The language model ran before the connector.');
        prompt.rows.set(visual, prompt.visualAt * llm.hidden);
      }
      positions = 0;
      past = {};
      for (let i = 0; i < llm.layers; i++) {
        for (const part of ['key', 'value']) {
          past[`past_key_values.${i}.${part}`] = f32(new Float32Array(0), [1, llm.kvHeads, 0, llm.headDim]);
        }
      }
      return decode(prompt.rows, prompt.length);
    },
    step: (row) => decode(row, 1),
    async refine(inputs: RefinerInputs) {
      if (!refiner) throw new NadirError('INVALID_ARGUMENT', 'This model makes no masks.');
      return runRefiner(host, refiner, inputs);
    },
    async readVisual() {
      if (!visual) throw new NadirError('INTERNAL', 'Nothing was seen yet.');
      return visual.slice();
    },
    async dispose() {
      for (const session of [vision, connector, proposals, decoder, refiner, change?.compare, change?.embed]) {
        if (session) await host.exclusive(() => session.release());
      }
    },
  };
}

function floats(outputs: InferenceSession.ReturnType, name: string): Float32Array {
  return outputs[name]!.data as Float32Array;
}
