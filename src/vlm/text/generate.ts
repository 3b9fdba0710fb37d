import { nextMacrotask } from '../../lib/macrotask.ts';
import type { Engine, PromptRows } from '../runtime/engine.ts';
import type { AskResult, GenerationOptions } from '../types.ts';
import { AnswerDecoder, withoutCutCharacter } from './answer-decoder.ts';
import { isRepeating } from './repetition.ts';
import { createSampler } from './sampling.ts';
import type { ModelTokenizer } from './tokenizer.ts';

export interface GenerateInput {
  engine: Pick<Engine, 'prefill' | 'step'>;
  tokenizer: Pick<ModelTokenizer, 'decode'>;
  prompt: PromptRows;
  /** f32[vocab, hidden]. */
  embedding: Float32Array;
  hidden: number;
  maxPositions: number;
  /** Tokens that end an answer. */
  stopIds: ReadonlySet<number>;
  isPointer: (id: number) => boolean;
  /** Tokens that must not be written: pointers to proposals that don't exist. */
  impossible: readonly number[];
  options: GenerationOptions;
  /** Checked between tokens. */
  isCancelled: () => boolean;
  onPrefilled: () => void;
  onText: (rawText: string, newTokens: number) => void;
}

export interface Generated {
  rawText: string;
  tokens: number[];
  stopReason: AskResult['stopReason'];
  prefillMs: number;
  decodeMs: number;
}

/** Writes one answer token by token. Errors come from the engine. A cancel is not an error. */
export async function generate(input: GenerateInput): Promise<Generated> {
  const { engine, tokenizer, prompt, embedding, hidden, options } = input;
  const sample = createSampler(options);
  const limit = Math.min(options.maxNewTokens, input.maxPositions - prompt.length);
  const tokens: number[] = [];
  const decoder = new AnswerDecoder(tokenizer);
  let rawText = '';
  const started = performance.now();
  let logits = await engine.prefill(prompt);
  const prefilled = performance.now();
  input.onPrefilled();

  const finish = (stopReason: AskResult['stopReason']): Generated => ({
    rawText,
    tokens,
    stopReason,
    prefillMs: prefilled - started,
    decodeMs: performance.now() - prefilled,
  });
  for (;;) {
    // A cancel arrives as a message. The worker only sees it after returning to its event loop.
    await nextMacrotask();
    if (input.isCancelled()) return finish('aborted');
    if (tokens.length >= limit) return finish('max-tokens');
    // The engine refills the logits at each step, so they can be changed here.
    for (const id of input.impossible) logits[id] = Number.NEGATIVE_INFINITY;
    const id = sample(logits);
    if (input.stopIds.has(id)) return finish('end');
    tokens.push(id);
    rawText = withoutCutCharacter(decoder.push(id));
    const cut = firstStop(rawText, options.stop);
    if (cut >= 0) rawText = rawText.slice(0, cut);
    input.onText(rawText, tokens.length);
    if (cut >= 0) return finish('stop-string');
    if (isRepeating(tokens, input.isPointer)) return finish('repetition');
    if (tokens.length >= limit) return finish('max-tokens');
    logits = await engine.step(embedding.subarray(id * hidden, (id + 1) * hidden));
  }
}

function firstStop(text: string, stops: readonly string[]): number {
  const places = stops.filter((s) => s !== '').map((s) => text.indexOf(s));
  return places.filter((p) => p >= 0).reduce((a, b) => (a < 0 ? b : Math.min(a, b)), -1);
}
