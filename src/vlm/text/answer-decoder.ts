import type { ModelTokenizer } from './tokenizer.ts';

/** A UTF-8 sequence decodes to this character while its last bytes are missing. */
const cutCharacter = '\uFFFD';

/**
 * Turns an answer's tokens into text one at a time. After each token, the text equals `decode` of all tokens so far,
 * but only the last few tokens are decoded. A character may span several tokens, and the first token decoded may lose
 * its space. New tokens are therefore decoded together with a few known ones before them, and the known text is removed
 * from the result.
 */
export class AnswerDecoder {
  readonly #tokenizer: Pick<ModelTokenizer, 'decode'>;
  readonly #tokens: number[] = [];
  /** The text of the tokens before `#newFrom`. It ends with a complete character. */
  #settledText = '';
  #newFrom = 0;
  /**
   * The tokens from here to `#newFrom` are decoded again as context. Their text is `#contextText`, which is only empty
   * at first.
   */
  #contextFrom = 0;
  #contextText = '';

  constructor(tokenizer: Pick<ModelTokenizer, 'decode'>) {
    this.#tokenizer = tokenizer;
  }

  /** Adds a token and returns the whole text so far. An incomplete character shows as U+FFFD. */
  push(id: number): string {
    this.#tokens.push(id);
    const window = this.#tokenizer.decode(this.#tokens.slice(this.#contextFrom));
    if (!window.startsWith(this.#contextText)) return this.#decodeAll();
    const text = this.#settledText + window.slice(this.#contextText.length);
    if (!window.endsWith(cutCharacter)) this.#settle(text, window);
    return text;
  }

  #settle(text: string, window: string): void {
    const newText = this.#tokenizer.decode(this.#tokens.slice(this.#newFrom));
    // New tokens without any text can't serve as context: a decoder may drop a lone space at the beginning.
    if (newText !== '') this.#contextFrom = this.#newFrom;
    this.#contextText = newText || window;
    this.#settledText = text;
    this.#newFrom = this.#tokens.length;
  }

  /** Handles a token that changes the text before it, as a stray byte does with some byte fallbacks. */
  #decodeAll(): string {
    const text = this.#tokenizer.decode(this.#tokens);
    this.#contextFrom = 0;
    this.#contextText = text;
    this.#settledText = text;
    this.#newFrom = this.#tokens.length;
    return text;
  }
}

/** `text` without an incomplete character at its end. */
export function withoutCutCharacter(text: string): string {
  let end = text.length;
  while (text[end - 1] === cutCharacter) end--;
  return text.slice(0, end);
}
