import { vectorFormats } from '../../vectors/formats.ts';
import type { OpenScene } from '../document.ts';
import { inform, notifyError } from '../notices/notices.ts';
import type { SessionState } from '../state.ts';
import { belongsTo, groupFiles, hasNameOf } from './file-groups.ts';
import type { ImageSource } from './image-source.ts';
import type { SceneKeeper } from './scene.ts';

/**
 * The images among files that were dropped or chosen together. Sidecars of an open image are added to it; a notice names the files
 * that belong to nothing.
 */
export async function sortDropped(
  files: readonly File[],
  state: SessionState,
  scenes: SceneKeeper,
): Promise<ImageSource[]> {
  const { groups, orphans, ambiguous, unknown } = groupFiles(files);
  const { homeless, disputed } = await giveToOpenLayers(orphans, state, scenes);
  leaveAside(
    state,
    [...ambiguous, ...disputed],
    'More than one image has the name that they belong to. Open one image alone, together with its own files.',
  );
  const left = [...homeless, ...unknown];
  const many = left.length > 1;
  const images = [...groups.map(({ main }) => main.name), ...state.layers.value.map(({ info }) => info.fileName)];
  const misnamed = homeless.some(({ name }) => images.some((image) => hasNameOf(name, image)));
  leaveAside(
    state,
    left,
    misnamed
      ? 'A world file is named after its image’s kind: scene.png goes with scene.pgw, scene.pngw or scene.wld. Rename it if it is this image’s own.'
      : homeless.length > 0
        ? 'A sidecar file needs its image: drop both together, or open the image first. They belong together by name, as scene.tif and scene.tfw.'
        : `${many ? 'These aren’t images' : 'This isn’t an image'} by name, nor ${many ? 'files' : 'a file'} that Nadir reads beside one (.tfw and other world files, .tab, .prj, .aux.xml, .msk, .ovr), nor a vector layer (${vectorEndings}).`,
  );
  return groups.map(({ main, sidecars }) => ({ image: main, sidecars }));
}

const vectorEndings = vectorFormats.flatMap(({ extensions }) => extensions.map((ending) => `.${ending}`)).join(', ');

function leaveAside(state: SessionState, files: readonly File[], why: string): void {
  if (files.length === 0) return;
  inform(
    state,
    'files-left-aside',
    files.map(({ name }) => name),
    why,
  );
}

/** Says which sidecars an open image came with, and which of them give its place. */
export function informOfSidecars(state: SessionState, scene: OpenScene, sidecars: readonly File[]): void {
  if (sidecars.length === 0) return;
  const { georeference } = scene.info;
  const placed = georeference.kind === 'affine' ? `Place: ${georeference.source ?? 'the file'}.` : georeference.reason;
  const about = [scene.info.fileName, ...sidecars.map(({ name }) => name)];
  inform(state, 'opened-with-sidecars', about, [placed, ...(georeference.notes ?? [])].join(' '));
}

/** Adds sidecars to the open layer of their name; returns those that fit no layer, and those that fit several. */
async function giveToOpenLayers(
  orphans: readonly File[],
  state: SessionState,
  scenes: SceneKeeper,
): Promise<{ homeless: File[]; disputed: File[] }> {
  const homeless: File[] = [];
  const disputed: File[] = [];
  const given = new Map<string, File[]>();
  for (const file of orphans) {
    const [owner, ...others] = state.layers.value.filter(({ info }) => belongsTo(file.name, info.fileName));
    if (!owner) homeless.push(file);
    else if (others.length > 0) disputed.push(file);
    else given.set(owner.layerId, [...(given.get(owner.layerId) ?? []), file]);
  }
  for (const [layerId, own] of given) {
    try {
      await scenes.addSidecars(layerId, own);
      const now = scenes.layers.find(layerId);
      if (now) informOfSidecars(state, now, own);
    } catch (thrown) {
      notifyError(
        state,
        thrown,
        'use-sidecars',
        own.map(({ name }) => name),
      );
    }
  }
  return { homeless, disputed };
}
