import { env, PreTrainedTokenizer } from '@huggingface/transformers';
import { NadirError } from '../../lib/errors.ts';
import type { ModelFiles } from '../files/model-files.ts';

/** The tokenizer functions that the pipeline needs. Token ids are indices into the model's vocabulary. */
export interface ModelTokenizer {
  /** Encodes one user turn with the model's chat template, up to the beginning of the assistant's turn. */
  encodeTurn(content: string): number[];
  /** Exact text, including special tokens. An incomplete UTF-8 sequence at the end shows as U+FFFD. */
  decode(ids: readonly number[]): string;
  /** Id of a special token such as `<image>`. MODEL_MANIFEST_INVALID if the vocabulary lacks it. */
  idOf(token: string): number;
  /** Null if the vocabulary lacks it. */
  findId(token: string): number | null;
  /** The text of every special token. */
  specialTokens: readonly string[];
}

/**
 * The model folder's tokenizer and chat template, run by transformers.js. It is built from the contents of the two
 * files, not from a model's name, so the library has nothing to look up. Loading of remote models is also switched off.
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
