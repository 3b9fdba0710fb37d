import type { Env, InferenceSession, TensorConstructor } from 'onnxruntime-common';
import { NadirError } from '../../lib/errors.ts';

/** One of onnxruntime-web's builds. The builds share an interface but no state. */
export interface Ort {
  InferenceSession: { create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession> };
  Tensor: TensorConstructor;
  env: Env;
}

/**
 * ONNX Runtime behind one lock. Two `create` or `run` calls at the same time on one WebAssembly instance hang or fail,
 * even for different sessions (onnxruntime-web 1.30).
 */
export class OrtHost {
  readonly ort: Ort;
  private last: Promise<unknown> = Promise.resolve();

  constructor(ort: Ort) {
    this.ort = ort;
  }

  create(graph: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
    return this.exclusive(() => this.ort.InferenceSession.create(graph, options));
  }

  /** `fetches` names or binds the outputs. Without it, all outputs are returned. */
  run(
    session: InferenceSession,
    feeds: InferenceSession.FeedsType,
    fetches?: InferenceSession.FetchesType,
  ): Promise<InferenceSession.ReturnType> {
    return this.exclusive(() => (fetches ? session.run(feeds, fetches) : session.run(feeds)));
  }

  /** Runs `work` while no session of this host is running. Needed for reading tensors back, too. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work).catch((thrown: unknown) => {
      throw explain(thrown);
    });
    this.last = result.catch(() => {});
    return result;
  }
}

function explain(thrown: unknown): NadirError {
  if (thrown instanceof NadirError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (/out of memory|bad_alloc|std::bad_alloc|Array buffer allocation failed|OutOfMemory/i.test(message)) {
    return new NadirError(
      'OUT_OF_MEMORY',
      'There was not enough memory to run the model. Close other tabs and try again.',
      {
        cause: thrown,
      },
    );
  }
  if (/device (is|was) lost|device lost/i.test(message)) {
    return new NadirError('DEVICE_LOST', 'The graphics device was lost while the model ran. Load the model again.', {
      cause: thrown,
    });
  }
  if (/no available backend found|initWasm\(\) failed/i.test(message)) {
    return new NadirError(
      'PART_MISSING',
      `ONNX Runtime could not be started: ${message}. Its file may be damaged or cut off: build the app again, copy it to the server whole, and load the page again (docs/hosting.md).`,
      { cause: thrown },
    );
  }
  return new NadirError('INTERNAL', `The model could not be run: ${message}`, { cause: thrown });
}
