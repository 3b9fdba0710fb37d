import type { FolderFile } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';

/** A model folder that the user chose. */
export interface ModelFolder {
  name: string;
  files: FolderFile[];
}

/**
 * The uppermost model folder among `files`, as a folder dialog gives them (with webkitRelativePath), and what lies under it.
 * Errors: MODEL_FILE_MISSING if there is none.
 */
export async function readModelFolder(files: readonly File[], vlm: Pick<VlmApi, 'locateModel'>): Promise<ModelFolder> {
  const all = files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const root = await vlm.locateModel(all);
  const inside = all.flatMap(({ path, file }) =>
    path.startsWith(root) ? [{ path: path.slice(root.length), file }] : [],
  );
  return { name: root.split('/').at(-2) ?? 'folder', files: inside };
}
