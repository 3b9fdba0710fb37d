import { NadirError } from '../../lib/errors.ts';

/** Keys and indices that lead from the top of `nadir.json` to a value. */
export type Path = readonly (string | number)[];

/** "llm.weights[3].n". A path of the folder keeps its slashes: "files.onnx/vision.onnx". */
function keyOf(path: Path): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${part}`)).join('');
}

/** MODEL_MANIFEST_INVALID that names the key, the value found there and the value expected. */
export function wrong(path: Path, found: unknown, expected: string): NadirError {
  const key = keyOf(path);
  const shown = found === undefined ? 'nothing' : JSON.stringify(found)?.slice(0, 60);
  return new NadirError(
    'MODEL_MANIFEST_INVALID',
    `The model's nadir.json is wrong at "${key || '(top)'}": found ${shown}, expected ${expected}. Restore the model folder.`,
    { details: { key } },
  );
}
