import { belongsTo, groupFiles } from './file-groups.ts';
import type { ImageSource } from './image-source.ts';
import { inform, notifyError } from './notices.ts';
import type { SceneKeeper } from './scene.ts';
import type { SessionState } from './state.ts';
import type { OpenScene } from './types.ts';

/**
 * Files dropped or chosen together, as images to open. Sidecars of an image that is open already are given to it, and what belongs to
 * nothing is named in a notice.
 */
export async function sortDropped(
  files: readonly File[],
  state: SessionState,
  scenes: SceneKeeper,
): Promise<ImageSource[]> {
  const { groups, orphans, unknown } = groupFiles(files);
  const homeless = await giveToOpenLayers(orphans, state, scenes);
  const left = [...homeless, ...unknown].map(({ name }) => name);
  if (left.length > 0) {
    const many = left.length > 1;
    inform(
      state,
      `${left.join(', ')} ${many ? 'were' : 'was'} left aside`,
      homeless.length > 0
        ? 'A sidecar file needs its image: drop both together, or open the image first. They belong together by name, as scene.tif and scene.tfw.'
        : `${many ? 'These aren’t images' : 'This isn’t an image'} by name, nor ${many ? 'files' : 'a file'} that Nadir reads beside one (.tfw and other world files, .prj, .aux.xml, .msk, .ovr).`,
    );
  }
  return groups.map(({ main, sidecars }) => ({ image: main, sidecars }));
}

/** What came with an image and what of it counts, once it is open. */
export function tellOfSidecars(state: SessionState, scene: OpenScene, sidecars: readonly File[]): void {
  if (sidecars.length === 0) return;
  const { georeference } = scene.info;
  const placed = georeference.kind === 'affine' ? `Place: ${georeference.source ?? 'the file'}.` : georeference.reason;
  const names = sidecars.map(({ name }) => name).join(', ');
  inform(state, `${scene.info.fileName} was opened with ${names}`, [placed, ...(georeference.notes ?? [])].join(' '));
}

/** Those that belong to no open layer. */
async function giveToOpenLayers(orphans: readonly File[], state: SessionState, scenes: SceneKeeper): Promise<File[]> {
  const homeless = new Set(orphans);
  for (const layer of state.layers.value) {
    const own = orphans.filter(({ name }) => belongsTo(name, layer.info.fileName));
    if (own.length === 0) continue;
    for (const file of own) homeless.delete(file);
    try {
      await scenes.addSidecars(layer.layerId, own);
      const now = scenes.layers.find(layer.layerId);
      if (now) tellOfSidecars(state, now, own);
    } catch (thrown) {
      notifyError(state, thrown, `${own.map(({ name }) => name).join(', ')} could not be used`);
    }
  }
  return [...homeless];
}
