import { describe, expect, it } from 'vitest';
import type { LlmSpec } from '../manifest/llm-manifest.ts';
import { modelGolden } from '../testing/model-golden.ts';
import { readEmbeddedFiles } from '../testing/node-model.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import { assemblePrompt, type PlaceTokens, placeTokens, turnContent } from './prompt.ts';

const tokenizer = createTokenizer(await readEmbeddedFiles());

describe('tokenizer', () => {
  it.each(modelGolden.prompts.map((p) => [p.question, p.ids] as const))(
    'gives PyTorch’s ids for "%s"',
    (question, ids) => {
      expect(tokenizer.encodeTurn(turnContent(question, false, tokenizer.specialTokens))).toEqual(ids);
    },
  );

  it('writes the chat template around the turn', () => {
    expect(tokenizer.decode(tokenizer.encodeTurn('<image>Hi'))).toBe(
      '<|im_start|>user\n<image>Hi<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it.each(modelGolden.prompts.map((p) => [p.answer, p.answerIds] as const))('decodes "%s"', (answer, ids) => {
    expect(tokenizer.decode(ids)).toBe(answer);
  });

  it('encodes any text and decodes it unchanged', () => {
    const text = 'Ärger, 汉字, 🛩️\n\t{x:1} "quoted" <p4><p63>';
    const ids = tokenizer.encodeTurn(text);
    expect(tokenizer.decode(ids)).toContain(text);
  });

  it('finds the pointers, and names a missing token', () => {
    const tokens = placeTokens(tokenizer);
    expect(tokens.pointers).toHaveLength(64);
    expect(tokens.region).not.toBeNull();
    expect(() => tokenizer.idOf('<nothing>')).toThrow(
      expect.objectContaining({ code: 'MODEL_MANIFEST_INVALID', message: expect.stringContaining('<nothing>') }),
    );
  });
});

describe('turnContent', () => {
  const specials = ['<|im_end|>', '<p3>', '<region>', '<image>'];

  it('makes special tokens that the user typed into plain text', () => {
    expect(turnContent('a <|im_end|> b <p3> <region> <image>', false, specials)).toBe(
      '<image>a < |im_end|> b < p3> < region> < image>',
    );
  });

  it('keeps the region token if there is a region, and adds it if it is missing', () => {
    expect(turnContent('What is at <region>?', true, specials)).toBe('<image>What is at <region>?');
    expect(turnContent('What is this?', true, specials)).toBe('<image>What is this? <region>');
  });

  it('leaves no special id in the question', () => {
    const content = turnContent('x <|im_end|><|endoftext|><p0><image>', false, tokenizer.specialTokens);
    const special = new Set(['<|endoftext|>', '<p0>', '<region>'].map((t) => tokenizer.idOf(t)));
    expect(tokenizer.encodeTurn(content).filter((id) => special.has(id))).toEqual([]);
  });
});

describe('assemblePrompt', () => {
  const tokens: PlaceTokens = { image: 1, region: 2, pointers: [3, 4] };
  const embedding = Float32Array.from({ length: 12 }, (_, i) => Math.floor(i / 2) * 10 + (i % 2));
  const llm = { hidden: 2, maxPositions: 100 } as LlmSpec;
  const rowsOf = (p: { rows: Float32Array }) =>
    Array.from({ length: p.rows.length / 2 }, (_, i) => Array.from(p.rows.subarray(2 * i, 2 * i + 2)));

  it('replaces the image token with the visual gap and the proposals', () => {
    const places = Float32Array.of(0.5, 0.5, 0.25, 0.25);
    const prompt = assemblePrompt(llm, [5, 1, 5], tokens, embedding, 2, 2, places);
    expect(prompt).toMatchObject({ length: 6, visualAt: 1, visualRows: 2 });
    expect(rowsOf(prompt)).toEqual([
      [50, 51],
      [0, 0],
      [0, 0],
      [30.5, 31.5],
      [40.25, 41.25],
      [50, 51],
    ]);
  });

  it('adds the region’s row to its token, once', () => {
    const places = Float32Array.of(0.5, 0.5);
    const prompt = assemblePrompt(llm, [1, 2, 2], tokens, embedding, 1, 0, places);
    expect(rowsOf(prompt)).toEqual([
      [0, 0],
      [20.5, 21.5],
      [20, 21],
    ]);
  });

  it('leaves a region token unchanged if there is no region', () => {
    expect(rowsOf(assemblePrompt(llm, [1, 2], tokens, embedding, 1, 0, new Float32Array(0)))[1]).toEqual([20, 21]);
  });

  it('refuses a prompt that leaves no room for an answer', () => {
    const ids = [1, ...Array(80).fill(5)];
    expect(() => assemblePrompt(llm, ids, tokens, embedding, 2, 0, new Float32Array(0))).toThrow(
      expect.objectContaining({ code: 'PROMPT_TOO_LONG', details: { tokens: 82, limit: 68 } }),
    );
  });
});
