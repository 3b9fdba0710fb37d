import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { NadirError } from '../../lib/errors.ts';
import { AdapterSlot, imageSpan, type Span } from '../adapters/adapter-slot.ts';
import type { ModelFiles } from '../files/model-files.ts';
import { type ExternalData, externalData, wasmDecoder } from './decoder-weights.ts';
import type { Engine, Evidence, PromptRows, RefinerInputs } from './engine.ts';
import type { OrtHost } from './ort-host.ts';
import { connectorFeeds, evidenceOf, noChangeHead, runChange, runPlaces, runRefiner } from './small-graphs.ts';

/**
 * Opens the model on WebAssembly. The vision tower is an ONNX graph. The language model is a plain f32 graph with the
 * 4-bit weights dequantised here. The key/value cache grows with each step, because this backend doesn't fill
 * preallocated CPU outputs.
 */
export async function createWasmEngine(host: OrtHost, files: ModelFiles, onSession: () => void): Promise<Engine> {
  const { manifest } = files;
  const { llm } = manifest;
  const { Tensor } = host.ort;
  const create = (graph: string, weights: ExternalData[] = []) =>
    host.create(files.get(graph), {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      externalData: weights,
    });
  const open = async (graph: string, weights: ExternalData[] = []) => {
    const session = await create(graph, weights);
    onSession();
    return session;
  };
  const { graph: decoderGraph, weights: decoderWeights } = wasmDecoder(files);
  const tower = manifest.vision;
  const vision = await open(tower.graph, externalData(files, tower.graph, [tower.weights]));
  const connector = await open(manifest.connector.graph);
  const proposals = manifest.detector ? await open(manifest.detector.proposals.graph) : null;
  const decoder = await open(decoderGraph, decoderWeights());
  const refiner = manifest.refiner ? await open(manifest.refiner.graph) : null;
  const change = manifest.change
    ? { compare: await open(manifest.change.graph), embed: await open(manifest.change.proposalGraph) }
    : null;

  const f32 = (data: Float32Array, dims: number[]) => new Tensor('float32', data, dims);
  const i32 = (value: number) => new Tensor('int32', Int32Array.of(value), [1]);
  const { loraGraphs } = llm;
  const adapter = new AdapterSlot(host, {
    open: loraGraphs ? () => create(loraGraphs.f32, decoderWeights()) : null,
    upload: (_, { data, dims }) => f32(data, dims),
    free: (tensor) => tensor.dispose(),
  });
  let seen: InferenceSession.ReturnType | null = null;
  let visual: Float32Array | null = null;
  let past: Record<string, Tensor> = {};
  let positions = 0;

  /** `image`: the rows that stand for the image. */
  const decode = async (rows: Float32Array, count: number, image: Span | null): Promise<Float32Array> => {
    const adapted = adapter.route(count, image);
    const outputs = await host.run(adapted?.session ?? decoder, {
      ...adapted?.feeds,
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
      const outputs = await host.run(
        connector,
        connectorFeeds(connector, seen, (tensor) => tensor),
      );
      visual = floats(outputs, 'visual');
      return evidenceOf(manifest, outputs);
    },
    embedPlaces: (inputs) => runPlaces(host, proposals, inputs),
    async compare(neckBefore, neckAfter) {
      const { neck } = manifest.connector;
      if (!change || !neck) throw noChangeHead();
      return runChange(host, change.compare, neck, neckBefore, neckAfter);
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
      return decode(prompt.rows, prompt.length, imageSpan(prompt));
    },
    step: (row) => decode(row, 1, null),
    useAdapter: (weights) => adapter.use(weights),
    async refine(inputs: RefinerInputs) {
      if (!refiner) throw new NadirError('MODEL_LACKS_TASK', 'This model makes no masks. Choose one that does.');
      return runRefiner(host, refiner, inputs);
    },
    async readVisual() {
      if (!visual) throw new NadirError('INTERNAL', 'Nothing was seen yet.');
      return visual.slice();
    },
    async dispose() {
      await adapter.close();
      for (const session of [vision, connector, proposals, decoder, refiner, change?.compare, change?.embed]) {
        if (session) await host.exclusive(() => session.release());
      }
    },
  };
}

function floats(outputs: InferenceSession.ReturnType, name: string): Float32Array {
  return outputs[name]!.data as Float32Array;
}
