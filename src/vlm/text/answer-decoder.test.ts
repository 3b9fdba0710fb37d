import { describe, expect, it } from 'vitest';
import { readEmbeddedFiles } from '../testing/node-model.ts';
import { AnswerDecoder, withoutCutCharacter } from './answer-decoder.ts';
import { mulberry32 } from './sampling.ts';
import { createTokenizer, type ModelTokenizer } from './tokenizer.ts';

const byteLevel = createTokenizer(await readEmbeddedFiles());

/** A tokenizer with the given decoder and a small vocabulary, built in the same way as a model folder's. */
function tokenizerOf(decoder: object, pieces: readonly string[]): ModelTokenizer {
  const json = {
    added_tokens: [{ id: 0, content: '<s>', special: true }],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder,
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(['<s>', ...pieces].map((piece, id) => [piece, id])),
      merges: [],
      unk_token: '<s>',
      byte_fallback: true,
    },
  };
  const bytes = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  return createTokenizer({ get: (path) => bytes(path === 'tokenizer.json' ? json : { unk_token: '<s>' }) });
}

const byteTokens = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
const words = ['▁', '▁▁', '▁a', 'b', '▁water', '你', '好', '🚢', '.', '\uFFFD', ' ', '\n'];
/** LLaMA's decoder: spaces as ▁, characters outside the vocabulary as bytes, the first space dropped. */
const llama = tokenizerOf(
  {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  },
  [...words, ...byteTokens],
);
const metaspace = tokenizerOf({ type: 'Metaspace', replacement: '▁', add_prefix_space: true }, words);
const wordPiece = tokenizerOf({ type: 'WordPiece', prefix: '##', cleanup: true }, [
  'a',
  '##b',
  '.',
  'do',
  'not',
  ',',
  "'s",
]);

/**
 * Byte fallback as in the Rust tokenizers: if a run of bytes is not valid UTF-8, each of its bytes becomes U+FFFD. A
 * stray byte therefore also replaces the characters before it. Ids below 256 are bytes; from 256 on they are words.
 */
const strictFallback: Pick<ModelTokenizer, 'decode'> = {
  decode(ids) {
    const runs: (number[] | string)[] = [];
    for (const id of ids) {
      const last = runs.at(-1);
      if (id >= 256) runs.push([' a', 'b', '好', ''][id - 256]!);
      else if (Array.isArray(last)) last.push(id);
      else runs.push([id]);
    }
    return runs.map((run) => (typeof run === 'string' ? run : strictText(run))).join('');
  },
};

function strictText(bytes: readonly number[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return '\uFFFD'.repeat(bytes.length);
  }
}

/** After each token, compares the decoder's text with a full decode of all tokens so far. */
function compare(tokenizer: Pick<ModelTokenizer, 'decode'>, ids: readonly number[]): void {
  const decoder = new AnswerDecoder(tokenizer);
  for (let n = 1; n <= ids.length; n++) {
    const text = decoder.push(ids[n - 1]!);
    expect(text, `after ${n} of ${ids}`).toBe(tokenizer.decode(ids.slice(0, n)));
  }
}

function randomIds(count: number, of: readonly number[], seed: number): number[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => of[Math.floor(random() * of.length)]!);
}

/** Ids of LLaMA's byte tokens. */
const fallback = (text: string) => [...new TextEncoder().encode(text)].map((byte) => 1 + words.length + byte);
const everyId = (count: number) => Array.from({ length: count }, (_, id) => id);

describe('AnswerDecoder', () => {
  it('decodes characters that the byte-level vocabulary splits into several tokens', () => {
    // Chinese, an emoji with a joiner, a flag and a byte order mark inside the text. Each takes several tokens here.
    const text = 'Two ships. 有两艘船。\uFEFF👩‍🌾🇳🇴 – done';
    const ids = byteLevel.encodeTurn(text);
    expect(byteLevel.decode(ids)).toContain(text);
    expect(ids.some((_, n) => byteLevel.decode(ids.slice(0, n + 1)).endsWith('\uFFFD'))).toBe(true);
    compare(byteLevel, ids);
  });

  it('equals the full decode on random tokens of the embedded vocabulary, special ones included', () => {
    const vocabulary = everyId(1536);
    for (let seed = 0; seed < 60; seed++) compare(byteLevel, randomIds(60, vocabulary, seed));
  });

  it('equals the full decode on random bytes, most of which are not UTF-8', () => {
    // The vocabulary's tokens that are a single byte, or that leave a character incomplete.
    const cut = everyId(1536).filter((id) => byteLevel.decode([id]).includes('\uFFFD'));
    expect(cut.length).toBeGreaterThan(100);
    for (let seed = 100; seed < 200; seed++) compare(byteLevel, randomIds(40, cut, seed));
  });

  it('decodes the made-up vocabularies as intended', () => {
    expect(llama.decode([3, 4, 5, ...fallback('你'), 7])).toBe('ab water你好');
    expect(wordPiece.decode([1, 2, 4, 3])).toBe('ab do.');
    expect(metaspace.decode([3, 5])).toBe('a water');
    expect(strictFallback.decode([0x41, 0x42, 256, 0x41, 0xff])).toBe('AB a\uFFFD\uFFFD');
  });

  it.each([
    ['complete', fallback('你好🚢')],
    ['cut at the end', fallback('你好🚢').slice(0, -1)],
    ['broken, then words', [...fallback('你').slice(0, 2), 3, 4, ...fallback('好'), 3]],
    ['whole and then a stray byte', [...fallback('你好'), ...fallback('é').slice(0, 1), 4, 3]],
    ['with a byte order mark after another character', fallback('你\uFEFFA\uFEFF')],
    ['beginning with a byte order mark', [...fallback('\uFEFF'), 3, ...fallback('\uFEFF好')]],
    ['spaces first, alone and in pairs', [1, 1, 2, 3, 1, 4, 2, 2, 3]],
    ['a replacement character that was written', [10, 3, 10, 10, 4, ...fallback('\uFFFD'), 3]],
  ])('follows byte fallback that is %s', (_, ids) => compare(llama, ids));

  it.each([
    ['LLaMA', llama, 1 + words.length + 256],
    ['Metaspace', metaspace, 1 + words.length],
    ['WordPiece', wordPiece, 8],
  ] as const)('equals the full decode on random tokens of a %s tokenizer', (_, tokenizer, count) => {
    for (let seed = 0; seed < 150; seed++) compare(tokenizer, randomIds(40, everyId(count), seed));
    // Half of these ids of a LLaMA vocabulary are words, so that bytes and words alternate.
    for (let seed = 0; seed < 150; seed++) {
      const mixed = [...everyId(1 + words.length), ...randomIds(12, everyId(count), seed)];
      compare(tokenizer, randomIds(40, mixed, seed));
    }
  });

  it('decodes all tokens again if a token changes the text before it', () => {
    const hello = [...new TextEncoder().encode('你好')];
    compare(strictFallback, [...hello, 0xff, 257, ...hello, 256]);
    compare(strictFallback, [256, 257, ...hello, 0xe4, 0xbd, 0xa0, 0xe4, 0x41, 257, 257, 259, ...hello]);
    const likely = [...hello, 0x41, 0x42, 0xff, 256, 257, 258, 259];
    for (let seed = 0; seed < 300; seed++) compare(strictFallback, randomIds(40, likely, seed));
  });

  it('decodes only a few tokens for each new one, however long the answer is', () => {
    let decoded = 0;
    const counting = {
      decode: (ids: readonly number[]) => {
        decoded += ids.length;
        return byteLevel.decode(ids);
      },
    };
    const ids = byteLevel.encodeTurn('There are two ships in the harbour. 港口里有两艘船。 '.repeat(20));
    const decoder = new AnswerDecoder(counting);
    let text = '';
    for (const id of ids) text = decoder.push(id);
    expect(text).toBe(byteLevel.decode(ids));
    expect(ids.length).toBeGreaterThan(300);
    expect(decoded / ids.length).toBeLessThan(8);
  });
});

it('removes an incomplete character at the end, and nothing else', () => {
  expect(withoutCutCharacter('a\uFFFDb\uFFFD\uFFFD')).toBe('a\uFFFDb');
  expect(withoutCutCharacter('\uFFFD')).toBe('');
  expect(withoutCutCharacter('你')).toBe('你');
});
