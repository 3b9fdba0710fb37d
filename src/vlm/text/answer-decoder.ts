import type { ModelTokenizer } from './tokenizer.ts';

/** How a UTF-8 sequence shows whose last bytes aren't written yet. */
const cutCharacter = '\uFFFD';

/**
 * Turns an answer's tokens into text one at a time. After each, the text is what `decode` makes of all tokens so far,
 * but only the last few are decoded: a character may span several tokens, and a first token may lose its space, so the
 * new ones are decoded behind others that are known already, and what those make is taken off.
 */
export class AnswerDecoder {
  readonly #tokenizer: Pick<ModelTokenizer, 'decode'>;
  readonly #tokens: number[] = [];
  /** What the tokens before `#newFrom` make. It ends with a whole character. */
  #settledText = '';
  #newFrom = 0;
  /** The tokens from here to `#newFrom` are decoded along. They make `#contextText`, which isn't empty after the first. */
  #contextFrom = 0;
  #contextText = '';

  constructor(tokenizer: Pick<ModelTokenizer, 'decode'>) {
    this.#tokenizer = tokenizer;
  }

  /** Adds a token; the whole text so far. A character that isn't complete shows as U+FFFD. */
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
    // Without a text of their own the new tokens make no context: a space alone may be dropped at the beginning.
    if (newText !== '') this.#contextFrom = this.#newFrom;
    this.#contextText = newText || window;
    this.#settledText = text;
    this.#newFrom = this.#tokens.length;
  }

  /** For a token that changes the text before it, as a stray byte does with some byte fallbacks. */
  #decodeAll(): string {
    const text = this.#tokenizer.decode(this.#tokens);
    this.#contextFrom = 0;
    this.#contextText = text;
    this.#settledText = text;
    this.#newFrom = this.#tokens.length;
    return text;
  }
}

/** `text` without a character at its end that isn't complete. */
export function withoutCutCharacter(text: string): string {
  let end = text.length;
  while (text[end - 1] === cutCharacter) end--;
  return text.slice(0, end);
}
