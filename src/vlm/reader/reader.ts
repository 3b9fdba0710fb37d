import type { InferenceSession } from 'onnxruntime-common';
import type { Plan } from '../../plan/plan.ts';
import type { ModelFiles } from '../files/model-files.ts';
import type { OrtHost } from '../runtime/ort-host.ts';
import type { QuestionReading } from '../types.ts';
import { followUp } from './follow-up.ts';
import { type QuestionText, Tokens } from './question-text.ts';
import { type ReaderSpec, readReaderSpec, sentenceHeads } from './reader-spec.ts';
import { type Logits, planFrom } from './reading.ts';
import { normalise } from './units.ts';

/**
 * Reads questions into plans on ONNX Runtime. English uses a sentence encoder, Chinese a small encoder over characters.
 * A graph's session is opened when its language is first read.
 */
export class QuestionReader {
  private readonly host: OrtHost;
  private readonly files: Pick<ModelFiles, 'get' | 'manifest'>;
  private readonly tokens: Tokens;
  private readonly sessions = new Map<'en' | 'zh', Promise<InferenceSession>>();
  readonly spec: ReaderSpec;

  /** Errors: MODEL_LACKS_TASK for a model without a reader; MODEL_MANIFEST_INVALID. */
  constructor(host: OrtHost, files: Pick<ModelFiles, 'get' | 'manifest'>) {
    this.host = host;
    this.files = files;
    this.spec = readReaderSpec(files);
    this.tokens = new Tokens(this.spec);
  }

  /**
   * `before` is the plan of the previous question in the conversation; it supplies what the question leaves out.
   * Errors: OUT_OF_MEMORY, INTERNAL.
   */
  async read(question: string, before: Plan | null = null): Promise<QuestionReading> {
    const text = this.tokens.read(question);
    const reading = planFrom(question, text, await this.logits(text), this.spec);
    return before ? followUp(normalise(question, this.spec.simplified), reading, before) : reading;
  }

  /** Converts a question to the form that the graphs take. */
  textOf(question: string): QuestionText {
    return this.tokens.read(question);
  }

  /** The outputs of the graph for the question's language. */
  async logits(text: QuestionText): Promise<Logits> {
    const { ort } = this.host;
    const row = (values: readonly number[]) =>
      new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const session = await this.session(text.language);
    const outputs = await this.host.run(session, { ids: row(text.ids), feats: row(text.feats) });
    const data = (name: string) => outputs[name]!.data as Float32Array;
    return {
      tags: data('tags'),
      ...(Object.fromEntries(sentenceHeads.map((head) => [head, data(head)])) as Omit<Logits, 'tags'>),
    };
  }

  async dispose(): Promise<void> {
    const sessions = await Promise.allSettled(this.sessions.values());
    this.sessions.clear();
    for (const session of sessions) if (session.status === 'fulfilled') await session.value.release();
  }

  private session(language: 'en' | 'zh'): Promise<InferenceSession> {
    let session = this.sessions.get(language);
    if (!session) {
      const graph = this.files.get(this.spec[language].graph);
      session = this.host.create(graph, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
      this.sessions.set(language, session);
      // If a session could not be opened, the next question tries again.
      session.catch(() => this.sessions.delete(language));
    }
    return session;
  }
}
