import { env, PreTrainedTokenizer } from '@huggingface/transformers';
import { NadirError } from '../../lib/errors.ts';
import type { ModelFiles } from '../files/model-files.ts';

/** What the pipeline needs of a tokenizer. Token ids are indices into the model's vocabulary. */
export interface ModelTokenizer {
  /** One user turn through the model's chat template, up to where the assistant begins. */
  encodeTurn(content: string): number[];
  /** Exact text, special tokens included; a UTF-8 sequence cut at the end shows as U+FFFD. */
  decode(ids: readonly number[]): string;
  /** Id of a special token such as `<image>`; MODEL_MANIFEST_INVALID where the vocabulary lacks it. */
  idOf(token: string): number;
  /** Null where the vocabulary lacks it. */
  findId(token: string): number | null;
  /** Every special token's text. */
  specialTokens: readonly string[];
}

/**
 * The tokenizer and chat template of the model folder, by transformers.js.
 * It is built from the two files' contents and not by name, so that the library has nothing to look up anywhere;
 * loading remote models is switched off besides.
 */
export function createTokenizer(files: Pick<ModelFiles, 'get'>): ModelTokenizer {
  env.allowRemoteModels = false;
  env.allowLocalModels = false;
  const json = (path: string) => JSON.parse(new TextDecoder().decode(files.get(path))) as object;
  const tokenizer = new PreTrainedTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
  const vocabulary = tokenizer.get_vocab();
  const findId = (token: string) => vocabulary.get(token) ?? null;
  return {
    findId,
    specialTokens: tokenizer.all_special_tokens,
    idOf(token) {
      const id = findId(token);
      if (id !== null) return id;
      throw new NadirError(
        'MODEL_MANIFEST_INVALID',
        `The model's tokenizer has no token "${token}", which its manifest needs. Restore the model folder.`,
        { details: { key: token } },
      );
    },
    encodeTurn(content) {
      const ids = tokenizer.apply_chat_template([{ role: 'user', content }], {
        add_generation_prompt: true,
        tokenize: true,
        return_tensor: false,
        return_dict: false,
      });
      return ids as number[];
    },
    decode: (ids) =>
      ids.length === 0
        ? ''
        : tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
  };
}
