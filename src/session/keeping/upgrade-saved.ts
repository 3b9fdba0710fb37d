import { RGB } from '../../render/display.ts';
import { joinSightings, pointedAt } from '../review/objects.ts';
import type { Answer, SceneObject } from '../types.ts';
import { type SavedLayer, type SavedSession, VERSION } from './saved-record.ts';

/** An object as versions 1 and 2 kept it: one for each answer. */
type OldObject = Omit<SceneObject, 'sightings'>;

/** A session that an earlier version kept, as this one keeps it; null where it can't be read. */
export function upgraded(value: unknown): SavedSession | null {
  if (typeof value !== 'object' || value === null) return null;
  const { version } = value as { version?: unknown };
  if (version === 1) return fromVersion1(value);
  return version === 2 ? fromVersion2(value) : null;
}

/** Version 1 kept one file; it becomes the only layer. */
function fromVersion1(value: object): SavedSession | null {
  const old = value as Partial<SavedLayer> & { answers?: Answer[]; objects?: OldObject[] };
  const layerId = 'layer-1';
  if (typeof old.fileName !== 'string' || !old.bands || !old.stretch) return null;
  const layer: SavedLayer = {
    layerId,
    name: old.fileName,
    visible: true,
    opacity: 1,
    display: RGB,
    fileName: old.fileName,
    fileBytes: old.fileBytes ?? 0,
    fileKept: old.fileKept ?? false,
    sample: old.sample ?? null,
    bands: old.bands,
    stretch: old.stretch,
  };
  const answers = (old.answers ?? []).map((answer) => ({ ...answer, layerId }));
  return fromVersion2({ layers: [layer], activeLayer: layerId, answers, objects: old.objects });
}

/** Version 2 kept an object for each answer that found it, so that they lay upon each other. */
function fromVersion2(value: object): SavedSession | null {
  const old = value as Partial<SavedSession> & { objects?: OldObject[] };
  if (!Array.isArray(old.layers) || !Array.isArray(old.answers) || !Array.isArray(old.objects)) return null;
  const byLayer = new Map<string | undefined, SceneObject[]>();
  const answers = old.answers.map((answer) => {
    const seen = old.objects!.filter((object: OldObject) => object.answerId === answer.id);
    const { objects, objectOf } = joinSightings(byLayer.get(answer.layerId) ?? [], seen, answer.id);
    const reviewed = new Map(seen.map(({ id, state }) => [objectOf.get(id)?.id, state]));
    byLayer.set(
      answer.layerId,
      objects.map((object) => {
        const state = reviewed.get(object.id) ?? 'proposed';
        return state === 'proposed' ? object : { ...object, state };
      }),
    );
    return pointedAt(answer, objectOf, answer.model.classes);
  });
  return {
    version: VERSION,
    layers: old.layers,
    activeLayer: old.activeLayer ?? null,
    answers,
    objects: [...byLayer.values()].flat(),
  };
}
