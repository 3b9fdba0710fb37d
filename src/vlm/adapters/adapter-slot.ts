import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { NadirError } from '../../lib/errors.ts';
import type { PromptRows } from '../runtime/engine.ts';
import type { OrtHost } from '../runtime/ort-host.ts';
import type { LoraWeights, Matrix } from './lora-weights.ts';

/** How an engine opens the graph with adapter inputs, and where it keeps an adapter's matrices. */
export interface AdapterHost {
  /** Opens the session for the LoRA graph; null for a model that has none. */
  open: (() => Promise<InferenceSession>) | null;
  upload(name: string, matrix: Matrix): Tensor;
  /** Frees a tensor made by `upload`. */
  free(tensor: Tensor): void;
}

/**
 * The adapter of an engine. Without an adapter there is no second session and no extra cost. With one, the language
 * model runs the LoRA graph. The exception is a partial adapter while words are written: it has no effect then, so the
 * faster plain graph gives the same numbers. The session stays open while adapters are exchanged, and closes when the
 * last one is removed.
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

  /** Replaces the current adapter with `weights`, or removes it if null. On failure the current adapter stays. */
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
   * The session and the extra inputs for a run of `count` rows, of which `image` stand for the image. Null if the plain
   * graph is enough.
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

  /** Frees everything. The slot can be used again. */
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
