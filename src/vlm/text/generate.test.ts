import { describe, expect, it } from 'vitest';
import type { GenerationOptions } from '../types.ts';
import { type GenerateInput, generate } from './generate.ts';

const greedy: GenerationOptions = { maxNewTokens: 50, temperature: 0, topP: 1, seed: 0, stop: [] };
const stopId = 0;

/** A model that writes the given tokens whatever the question. Token n is the n-th letter. */
function scripted(script: number[], overrides: Partial<GenerateInput> = {}): GenerateInput & { fed: number[] } {
  const fed: number[] = [];
  let next = 0;
  const logits = () => {
    const out = new Float32Array(64);
    out[script[next++] ?? stopId] = 1;
    return out;
  };
  return {
    fed,
    engine: {
      prefill: async () => logits(),
      step: async (row) => {
        fed.push(row[0]!);
        return logits();
      },
    },
    tokenizer: { decode: (ids) => ids.map((id) => (id === 63 ? '\uFFFD' : String.fromCharCode(96 + id))).join('') },
    prompt: { rows: new Float32Array(4), length: 2, visualAt: 0, visualRows: 1 },
    embedding: Float32Array.from({ length: 128 }, (_, i) => Math.floor(i / 2)),
    hidden: 2,
    maxPositions: 1000,
    stopIds: new Set([stopId]),
    isPointer: () => false,
    impossible: [],
    options: greedy,
    isCancelled: () => false,
    onPrefilled: () => {},
    onText: () => {},
    ...overrides,
  };
}

describe('generate', () => {
  it('writes until the model ends, and feeds each token back', async () => {
    const input = scripted([1, 2, 3]);
    const result = await generate(input);
    expect(result).toMatchObject({ rawText: 'abc', tokens: [1, 2, 3], stopReason: 'end' });
    expect(input.fed).toEqual([1, 2, 3]);
  });

  it('never writes an impossible token, however likely (the next best here is the end)', async () => {
    expect(await generate(scripted([1, 2, 3], { impossible: [2] }))).toMatchObject({ tokens: [1], stopReason: 'end' });
  });

  it('streams the whole text so far', async () => {
    const seen: [string, number][] = [];
    await generate(scripted([1, 2, 3], { onText: (text, n) => seen.push([text, n]) }));
    expect(seen).toEqual([
      ['a', 1],
      ['ab', 2],
      ['abc', 3],
    ]);
  });

  it('stops at the limit without an extra step', async () => {
    const input = scripted([1, 2, 3, 4], { options: { ...greedy, maxNewTokens: 2 } });
    expect(await generate(input)).toMatchObject({ rawText: 'ab', stopReason: 'max-tokens' });
    expect(input.fed).toEqual([1]);
  });

  it('never writes past the positions that the model has', async () => {
    const result = await generate(scripted([1, 2, 3, 4, 5, 6], { maxPositions: 5 }));
    expect(result).toMatchObject({ rawText: 'abc', stopReason: 'max-tokens' });
  });

  it('cuts at the earliest stop string', async () => {
    const options = { ...greedy, stop: ['d', 'bc', ''] };
    expect(await generate(scripted([1, 2, 3, 4], { options }))).toMatchObject({
      rawText: 'a',
      stopReason: 'stop-string',
    });
  });

  it('ends a loop, with the stop reason', async () => {
    const result = await generate(scripted(Array(40).fill(7)));
    expect(result.stopReason).toBe('repetition');
    expect(result.tokens.length).toBeLessThan(40);
  });

  it('stops between tokens when a cancel message arrives', async () => {
    let cancelled = false;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      cancelled = true;
      port1.close();
    };
    const result = await generate(
      scripted([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18], {
        isCancelled: () => cancelled,
        onText: (_, n) => n === 2 && port2.postMessage(null),
      }),
    );
    expect(result.stopReason).toBe('aborted');
    expect(result.tokens.length).toBeGreaterThanOrEqual(2);
    expect(result.tokens.length).toBeLessThan(18);
    expect(result.rawText.startsWith('ab')).toBe(true);
  });

  it('holds back an incomplete character', async () => {
    const seen: string[] = [];
    await generate(scripted([1, 63, 2], { onText: (text) => seen.push(text) }));
    expect(seen).toEqual(['a', 'a', 'a\uFFFDb']);
  });
});
