import { NadirError } from '../../lib/errors.ts';
import type { FolderFile } from '../../vlm/types.ts';

/** A model folder that the user chose. */
export interface ModelFolder {
  name: string;
  files: FolderFile[];
}

/**
 * The model folder among `files`, as a folder dialog gives them (with webkitRelativePath): the one of the uppermost
 * nadir.json, and what lies under it. Errors: MODEL_FILE_MISSING where there is none.
 */
export function readModelFolder(files: readonly File[]): ModelFolder {
  const pathOf = (file: File) => file.webkitRelativePath || file.name;
  const manifests = files.map(pathOf).filter((path) => path.split('/').at(-1) === 'nadir.json');
  const top = manifests.sort((a, b) => a.split('/').length - b.split('/').length)[0];
  if (top === undefined) {
    const chosen = files[0] ? `"${pathOf(files[0]).split('/')[0]}"` : 'The chosen folder';
    throw new NadirError(
      'MODEL_FILE_MISSING',
      `${chosen} has no nadir.json, so it is no Nadir model. Convert a checkpoint first (docs/convert-a-checkpoint.md), or choose another folder.`,
      { details: { file: 'nadir.json' } },
    );
  }
  const root = top.slice(0, -'nadir.json'.length);
  const inside = files.flatMap((file) => {
    const path = pathOf(file);
    return path.startsWith(root) ? [{ path: path.slice(root.length), file }] : [];
  });
  return { name: root.split('/').at(-2) ?? 'folder', files: inside };
}
