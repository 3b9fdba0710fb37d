import { NadirError } from '../../lib/errors.ts';
import type { LlmSpec } from '../manifest/llm-manifest.ts';
import type { PromptRows } from '../runtime/engine.ts';
import type { ModelTokenizer } from '../text/tokenizer.ts';

/** Ids of the tokens that refer to places in the image, or are replaced by them. */
export interface PlaceTokens {
  image: number;
  region: number | null;
  /** `pointers[i]` is `<p{i}>`. */
  pointers: number[];
}

export function placeTokens(tokenizer: ModelTokenizer): PlaceTokens {
  const pointers: number[] = [];
  for (;;) {
    const id = tokenizer.findId(`<p${pointers.length}>`);
    if (id === null) break;
    pointers.push(id);
  }
  return { image: tokenizer.idOf('<image>'), region: tokenizer.findId('<region>'), pointers };
}

/**
 * The text of the user's turn. Special tokens in `question` become plain text, except `<region>` if there is a region.
 * A typed "<|im_end|>" therefore can't end the turn, and a typed "<p3>" can't point to anything.
 */
export function turnContent(question: string, hasRegion: boolean, specialTokens: readonly string[]): string {
  let text = question;
  for (const token of specialTokens) {
    if (token === '<region>' && hasRegion) continue;
    text = text.replaceAll(token, `${token[0]} ${token.slice(1)}`);
  }
  if (hasRegion && !text.includes('<region>')) text = `${text} <region>`;
  return `<image>${text}`;
}

/**
 * Converts token ids to embedding rows. `<image>` becomes the visual gap followed by one row per proposal (`places[i]`
 * + embedding of `<p{i}>`). The first `<region>` becomes the last row of `places` + its own embedding. `places`
 * f32[proposals (+1 with a region), hidden]; `embedding` f32[vocab, hidden]. Throws PROMPT_TOO_LONG.
 */
export function assemblePrompt(
  llm: LlmSpec,
  ids: readonly number[],
  tokens: PlaceTokens,
  embedding: Float32Array,
  visualRows: number,
  proposalCount: number,
  places: Float32Array,
): PromptRows {
  const { hidden } = llm;
  const hasRegion = places.length / hidden > proposalCount;
  const length = ids.length - 1 + visualRows + proposalCount;
  checkLength(length, llm.maxPositions);
  const rows = new Float32Array(length * hidden);
  let at = 0;
  let visualAt = -1;
  let regionLeft = hasRegion;
  const addEmbedding = (id: number) => rows.set(embedding.subarray(id * hidden, (id + 1) * hidden), at * hidden);
  const addPlace = (place: number) => {
    for (let i = 0; i < hidden; i++) rows[at * hidden + i]! += places[place * hidden + i]!;
  };
  for (const id of ids) {
    if (id === tokens.image && visualAt < 0) {
      visualAt = at;
      at += visualRows;
      for (let p = 0; p < proposalCount; p++) {
        addEmbedding(tokens.pointers[p]!);
        addPlace(p);
        at++;
      }
      continue;
    }
    addEmbedding(id);
    if (id === tokens.region && regionLeft) {
      addPlace(proposalCount);
      regionLeft = false;
    }
    at++;
  }
  if (visualAt < 0) {
    throw new NadirError(
      'MODEL_MANIFEST_INVALID',
      'The model\'s chat template lost "<image>". Restore the model folder.',
      {
        details: { key: 'chat_template' },
      },
    );
  }
  return { rows, length, visualAt, visualRows, imageRows: visualRows + proposalCount };
}

/** Positions kept free for the answer. */
const answerRoom = 32;

function checkLength(length: number, maxPositions: number): void {
  if (length + answerRoom <= maxPositions) return;
  throw new NadirError(
    'PROMPT_TOO_LONG',
    `The question takes ${length} tokens with the image, and the model reads at most ${maxPositions - answerRoom}. Shorten the question.`,
    { details: { tokens: length, limit: maxPositions - answerRoom } },
  );
}
