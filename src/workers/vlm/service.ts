import { NadirError } from '../../lib/errors.ts';
import type { TeachingPort, VlmBackend } from '../../vlm/backend.ts';
import { loadModel, locateModel } from '../../vlm/load.ts';
import type { OrtHost } from '../../vlm/runtime/ort-host.ts';
import type { LoadProgress } from '../../vlm/types.ts';
import type { VlmApi } from './api.ts';

/**
 * The model's worker without its thread. It holds one model of any family and runs calls one after another. `step` is
 * called whenever work makes progress.
 */
export function createVlmService(openOrt: (threads: number) => Promise<OrtHost>, step: () => void): VlmApi {
  let loaded: VlmBackend | null = null;
  /** The last call queued. No question runs while a model is being loaded or freed. */
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };
  const onModel = <T>(work: (model: VlmBackend) => Promise<T>): Promise<T> =>
    inTurn(async () => {
      if (loaded) return work(loaded);
      throw new NadirError('MODEL_NOT_READY', 'The model is not loaded yet. Wait until it is ready, then try again.');
    });
  const free = async (): Promise<void> => {
    const old = loaded;
    loaded = null;
    await old?.dispose();
  };

  return {
    locateModel,

    load: (source, choice, onProgress) =>
      inTurn(async () => {
        const started = performance.now();
        await free();
        const report = (progress: LoadProgress) => {
          step();
          onProgress(progress);
        };
        const { model, backend, kept } = await loadModel(source, choice, report, openOrt);
        loaded = model;
        return {
          model: { ...model.card, ...model.input },
          backend,
          loadMs: performance.now() - started,
          files: kept,
        };
      }),

    ask: (request, signal, onEvent) =>
      onModel((model) =>
        model.ask(request, {
          signal,
          on: (event) => {
            step();
            if (event.kind !== 'step') onEvent(event);
          },
        }),
      ),

    look: (request, signal) => onModel((model) => model.inspect(request, { signal, on: step })),

    learn: (request, signal, onStep) =>
      onModel((model) =>
        teachingOf(model).learn(request, {
          signal,
          on: (event) => {
            step();
            if (event.kind === 'step') onStep();
          },
        }),
      ),

    detect: ({ view, head }, signal) => onModel((model) => teachingOf(model).detect(view, head, { signal, on: step })),

    read: (question, before) =>
      onModel(async (model) => {
        if (model.read) return model.read(question, before);
        throw new NadirError('MODEL_LACKS_TASK', `${model.card.name} reads no questions into plans.`);
      }),

    attachAdapter: (files) =>
      onModel(async ({ adapters, card }) => {
        if (adapters) return adapters.attach(files);
        throw new NadirError('ADAPTER_UNSUPPORTED', `${card.name} takes no adapters. Choose another model.`);
      }),

    detachAdapter: () => inTurn(async () => loaded?.adapters?.detach()),

    unload: () => inTurn(free),
  };
}

function teachingOf({ teaching, card }: VlmBackend): TeachingPort {
  if (teaching) return teaching;
  throw new NadirError('MODEL_LACKS_TASK', `${card.name} can't be taught. Choose a model that can.`);
}
