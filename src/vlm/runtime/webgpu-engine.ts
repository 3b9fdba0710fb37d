import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { readFloats } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { NadirError } from '../../lib/errors.ts';
import { AdapterSlot, imageSpan, type Span } from '../adapters/adapter-slot.ts';
import type { ModelFiles } from '../files/model-files.ts';
import type { Tower } from '../towers/tower.ts';
import { quantisedWeights } from './decoder-weights.ts';
import type { Engine, Evidence, PromptRows, ProposalInputs, RefinerInputs } from './engine.ts';
import type { OrtHost } from './ort-host.ts';
import { connectorFeeds, evidenceOf, noChangeHead, runChange, runPlaces, runRefiner } from './small-graphs.ts';

/** A tower slower than this runs in parts, so that it can be stopped. */
const SLOW_MS = 250;

/**
 * Opens the model on WebGPU, everything on one device. The connector reads the tower's buffers directly, and its visual
 * rows are copied straight into the prompt. Keys and values stay in place in buffers of `maxPositions`. The connector's
 * other outputs are read back, because the host chooses the proposals. The logits are read back, too.
 *
 * The caller keeps ownership of `gpu`. The tower in `opening` is disposed with the engine. Every call rejects with
 * DEVICE_LOST once the device is lost.
 */
export async function createWebGpuEngine(
  host: OrtHost,
  gpu: Gpu,
  opening: Promise<Tower>,
  files: ModelFiles,
  onSession: () => void,
): Promise<Engine> {
  // This promise is awaited last. Until then, nothing else handles its rejection.
  opening.catch(() => {});
  const { manifest } = files;
  const { llm, vision } = manifest;
  const { Tensor } = host.ort;
  const { device } = gpu;
  const create = (graph: string, options: InferenceSession.SessionOptions = {}) =>
    host.create(files.get(graph), {
      executionProviders: [{ name: 'webgpu', device }],
      graphOptimizationLevel: 'all',
      ...options,
    });
  const open = async (graph: string, options: InferenceSession.SessionOptions = {}) => {
    const session = await create(graph, options);
    onSession();
    return session;
  };
  const decoderWeights = () => ({ externalData: quantisedWeights(files) });
  const connector = await open(manifest.connector.graph, { preferredOutputLocation: { visual: 'gpu-buffer' } });
  const proposals = manifest.detector ? await open(manifest.detector.proposals.graph) : null;
  const decoder = await open(llm.graphs.q4, decoderWeights());
  const refiner = manifest.refiner ? await open(manifest.refiner.graph) : null;
  const change = manifest.change
    ? { compare: await open(manifest.change.graph), embed: await open(manifest.change.proposalGraph) }
    : null;

  const buffer = (label: string, floats: number) =>
    device.createBuffer({
      label,
      size: floats * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  const bind = (gpuBuffer: GPUBuffer, dims: readonly number[]) =>
    Tensor.fromGpuBuffer(gpuBuffer, { dataType: 'float32', dims: [...dims] }) as Tensor;
  const i32 = (value: number) => new Tensor('int32', Int32Array.of(value), [1]);

  const embeds = buffer('inputs_embeds', llm.maxPositions * llm.hidden);
  const cacheDims = [1, llm.kvHeads, llm.maxPositions, llm.headDim];
  const cache = Array.from({ length: llm.layers }, (_, i) =>
    ['key', 'value'].map((part) => {
      const gpuBuffer = buffer(`cache ${i} ${part}`, llm.kvHeads * llm.maxPositions * llm.headDim);
      return { past: `past_key_values.${i}.${part}`, present: `present.${i}.${part}`, gpuBuffer };
    }),
  ).flat();

  const { loraGraphs } = llm;
  const adapter = new AdapterSlot(host, {
    open: loraGraphs ? () => guarded(create(loraGraphs.q4, decoderWeights())) : null,
    upload: (name, { data, dims }) => {
      const gpuBuffer = buffer(name, data.length);
      device.queue.writeBuffer(gpuBuffer, 0, data);
      return bind(gpuBuffer, dims);
    },
    free: (tensor) => (tensor.gpuBuffer as GPUBuffer).destroy(),
  });

  const tower = await opening;
  let seen: Awaited<ReturnType<Tower['run']>> | null = null;
  /** Duration of the last tower run. */
  let seeMs = 0;
  let visual: Tensor | null = null;
  let positions = 0;

  const lost = gpu.lost.then((error): never => {
    throw error;
  });
  lost.catch(() => {});
  /** A run on a lost device may never settle. */
  const guarded = <T>(work: Promise<T>): Promise<T> => Promise.race([work, lost]);

  /** `embeds` holds `count` rows. Past and present use the same buffers, which GroupQueryAttention extends. */
  const decode = async (count: number, image: Span | null): Promise<Float32Array> => {
    const adapted = adapter.route(count, image);
    const feeds: Record<string, Tensor> = {
      ...adapted?.feeds,
      inputs_embeds: bind(embeds, [1, count, llm.hidden]),
      seqlens_k: i32(positions + count - 1),
      total_sequence_length: i32(positions + count),
    };
    const fetches: Record<string, Tensor | null> = { logits: null };
    for (const { past, present, gpuBuffer } of cache) {
      feeds[past] = bind(gpuBuffer, cacheDims);
      fetches[present] = bind(gpuBuffer, cacheDims);
    }
    const outputs = await host.run(adapted?.session ?? decoder, feeds, fetches);
    positions += count;
    return outputs.logits!.data as Float32Array;
  };

  const fillVisualGap = ({ visualAt, visualRows }: PromptRows): void => {
    if (!visual) throw new NadirError('INTERNAL', 'The language model ran before the connector.');
    const encoder = device.createCommandEncoder();
    const rowBytes = llm.hidden * 4;
    encoder.copyBufferToBuffer(visual.gpuBuffer as GPUBuffer, 0, embeds, visualAt * rowBytes, visualRows * rowBytes);
    device.queue.submit([encoder.finish()]);
  };

  return {
    kind: 'webgpu',
    async see(pixels, isStopped) {
      const startedMs = performance.now();
      // Commands that are queued can't be cancelled. On a fast device, waiting for parts costs more time than it saves.
      const stop = seeMs > SLOW_MS ? isStopped : undefined;
      seen = await guarded(tower.run(pixels, vision.imageSize, vision.imageSize, stop));
      // Waits only so that the time shown for the tower includes nothing else.
      await guarded(device.queue.onSubmittedWorkDone());
      seeMs = performance.now() - startedMs;
    },
    async connect(): Promise<Evidence> {
      if (!seen) throw new NadirError('INTERNAL', 'The connector ran before the vision tower.');
      const feeds = connectorFeeds(connector, seen, ({ buffer: features, dims }) => bind(features, dims));
      const outputs = await guarded(host.run(connector, feeds));
      visual?.dispose();
      visual = outputs.visual as Tensor;
      return evidenceOf(manifest, outputs);
    },
    embedPlaces: (inputs: ProposalInputs) => guarded(runPlaces(host, proposals, inputs)),
    async compare(neckBefore, neckAfter) {
      const { neck } = manifest.connector;
      if (!change || !neck) throw noChangeHead();
      return guarded(runChange(host, change.compare, neck, neckBefore, neckAfter));
    },
    async embedChanges(inputs) {
      if (!change) throw noChangeHead();
      return guarded(runPlaces(host, change.embed, inputs));
    },
    async prefill(prompt: PromptRows) {
      device.queue.writeBuffer(embeds, 0, prompt.rows, 0, prompt.length * llm.hidden);
      if (prompt.visualRows > 0) fillVisualGap(prompt);
      positions = 0;
      return guarded(decode(prompt.length, imageSpan(prompt)));
    },
    async step(row) {
      device.queue.writeBuffer(embeds, 0, row as Float32Array<ArrayBuffer>);
      return guarded(decode(1, null));
    },
    useAdapter: (weights) => guarded(adapter.use(weights)),
    async refine(inputs: RefinerInputs) {
      if (!refiner) throw new NadirError('MODEL_LACKS_TASK', 'This model makes no masks. Choose one that does.');
      return guarded(runRefiner(host, refiner, inputs));
    },
    async readVisual() {
      if (!visual) throw new NadirError('INTERNAL', 'Nothing was seen yet.');
      // `getData` would move the tensor off the device, and the next prompt needs it there.
      return guarded(readFloats(device, visual.gpuBuffer as GPUBuffer, manifest.tokensPerSlice * llm.hidden));
    },
    async dispose() {
      visual?.dispose();
      visual = null;
      const sessions = [connector, proposals, decoder, refiner, change?.compare, change?.embed].filter(
        (s) => s != null,
      );
      const released = host.exclusive(async () => {
        for (const session of sessions) await session.release();
      });
      // If the device is lost, nothing is left to free.
      await guarded(released.then(() => adapter.close())).catch(() => {});
      for (const { gpuBuffer } of cache) gpuBuffer.destroy();
      embeds.destroy();
      tower.dispose();
    },
  };
}
