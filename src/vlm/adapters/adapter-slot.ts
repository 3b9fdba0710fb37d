import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { NadirError } from '../../lib/errors.ts';
import type { PromptRows } from '../runtime/engine.ts';
import type { OrtHost } from '../runtime/ort-host.ts';
import type { LoraWeights, Matrix } from './lora-weights.ts';

/** How an engine opens the graph with adapter inputs, and where it keeps an adapter's matrices. */
export interface AdapterHost {
  /** The session over the LoRA graph; null for a model that has none. */
  open: (() => Promise<InferenceSession>) | null;
  upload(name: string, matrix: Matrix): Tensor;
  /** Frees what `upload` made. */
  free(tensor: Tensor): void;
}

/**
 * The adapter of an engine. Without one there is no second session and nothing to pay; with one the language model runs
 * over the LoRA graph, except where a partial adapter is silent: while words are written, the plain graph is faster and
 * gives the same numbers. The session stays while adapters are exchanged, and goes when the last is taken off.
 */
export class AdapterSlot {
  private readonly host: OrtHost;
  private readonly engine: AdapterHost;
  private session: InferenceSession | null = null;
  private tensors: Record<string, Tensor> = {};
  private partial = false;

  constructor(host: OrtHost, engine: AdapterHost) {
    this.host = host;
    this.engine = engine;
  }

  /** Puts `weights` in the place of what was there; null takes the adapter off. A failure leaves what was there. */
  async use(weights: LoraWeights | null): Promise<void> {
    if (!weights) return this.close();
    if (!this.engine.open) throw new NadirError('ADAPTER_UNSUPPORTED', 'This model takes no adapters.');
    this.session ??= await this.engine.open();
    const tensors: Record<string, Tensor> = {};
    try {
      for (const [name, matrix] of weights.inputs) tensors[name] = this.engine.upload(name, matrix);
    } catch (thrown) {
      this.free(tensors);
      throw thrown;
    }
    this.free(this.tensors);
    this.tensors = tensors;
    this.partial = weights.partial;
  }

  /**
   * The session and the further inputs for a run of `count` rows, of which `image` stand for the image;
   * null where the plain graph does it.
   */
  route(count: number, image: Span | null): Route | null {
    if (!this.session || Object.keys(this.tensors).length === 0) return null;
    if (this.partial && !image) return null;
    const mask = new Float32Array(count);
    if (this.partial && image) mask.fill(1, image.from, image.from + image.length);
    else mask.fill(1);
    const { Tensor } = this.host.ort;
    return {
      session: this.session,
      feeds: { ...this.tensors, lora_mask: new Tensor('float32', mask, [1, count, 1]) },
    };
  }

  /** Frees everything; the slot can be used again. */
  async close(): Promise<void> {
    const { session, tensors } = this;
    this.session = null;
    this.tensors = {};
    this.free(tensors);
    if (session) await this.host.exclusive(() => session.release());
  }

  private free(tensors: Record<string, Tensor>): void {
    for (const tensor of Object.values(tensors)) this.engine.free(tensor);
  }
}

/** Rows of a run. */
export interface Span {
  from: number;
  length: number;
}

/** The rows of a prompt that a partial adapter acts on. */
export function imageSpan({ visualAt, visualRows, imageRows }: PromptRows): Span {
  return { from: visualAt, length: imageRows ?? visualRows };
}

export interface Route {
  session: InferenceSession;
  feeds: Record<string, Tensor>;
}
