import { NadirError } from '../../lib/errors.ts';
import type { FetchBytes } from './model-files.ts';

/**
 * Reads files of a model folder on the user's disk for `loadModelFiles` (with the base URL ""). Errors:
 * MODEL_FILE_MISSING.
 */
export function fromFolder(find: (path: string) => File | undefined): FetchBytes {
  return async (path) => {
    const file = find(path);
    if (file) return new Response(file);
    throw new NadirError(
      'MODEL_FILE_MISSING',
      `The chosen folder has no "${path}", which its nadir.json lists. Copy the whole folder, then choose it again.`,
      { details: { file: path } },
    );
  };
}
