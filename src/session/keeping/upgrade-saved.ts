import { RGB } from '../../render/display.ts';
import type { ModelInfo, Scored } from '../../vlm/types.ts';
import type { Answer, SceneObject, Sighting } from '../document.ts';
import { joinSightings, pointedAt } from '../review/objects.ts';
import { type SavedLayer, type SavedSession, VERSION } from './saved-record.ts';

/** Up to version 3 an object's outlines were called its mask, and its corners were kept beside its box. */
type OldShape<T> = Omit<T, 'rings' | 'sightings'> & { mask?: Sighting['rings']; corners?: unknown };

/** Before version 3 there was an object for each answer, without sightings. */
type OldObject = OldShape<SceneObject> & { sightings?: OldShape<Sighting>[] };

/** Up to version 3 each score and number of an answer had a field of its own. */
interface OldAnswer extends Omit<Answer, 'scores' | 'numbers' | 'raw' | 'model'> {
  /** Up to version 3 its bands were names, and near infrared the one that could be missing. */
  model: Omit<ModelInfo, 'bands'> & { bands: readonly string[] };
  raw: (Omit<Answer['raw'][number], 'numbers'> & {
    malformedBoxes: number;
    statedCount?: number | null;
    countedPart?: number;
  })[];
  sceneScores?: Scored[];
  qualityScores?: Scored[];
  changedProbability?: number | null;
  knownProbability?: number | null;
}

interface OldSession {
  layers: SavedLayer[];
  activeLayer?: string | null;
  answers: OldAnswer[];
  objects: OldObject[];
}

/** A session that an earlier version kept, in the form of this version; null if it can't be read. */
export function upgraded(value: unknown): SavedSession | null {
  if (typeof value !== 'object' || value === null) return null;
  const { version } = value as { version?: unknown };
  const old = version === 1 ? fromVersion1(value) : value;
  if (![1, 2, 3].includes(version as number) || !isOldSession(old)) return null;
  const answers = old.answers.map(newAnswer);
  const session: SavedSession = {
    version: VERSION,
    layers: old.layers,
    activeLayer: old.activeLayer ?? null,
    answers,
    objects: old.objects.map(newObject),
  };
  return version === 3 ? session : withOneObjectPerThing(session);
}

function isOldSession(value: object | null): value is OldSession {
  const { layers, answers, objects } = (value ?? {}) as Partial<OldSession>;
  return Array.isArray(layers) && Array.isArray(answers) && Array.isArray(objects);
}

/** Version 1 kept one file; it becomes the only layer. */
function fromVersion1(value: object): OldSession | null {
  const old = value as Partial<SavedLayer> & { answers?: OldAnswer[]; objects?: OldObject[] };
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
  return { layers: [layer], activeLayer: layerId, answers, objects: old.objects ?? [] };
}

/** Version 2 kept an object for each answer that found it, so that they lay on top of each other. */
function withOneObjectPerThing(session: SavedSession): SavedSession {
  const byLayer = new Map<string | undefined, SceneObject[]>();
  const answers = session.answers.map((answer) => {
    const seen = session.objects.filter((object) => object.answerId === answer.id);
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
  return { ...session, answers, objects: [...byLayer.values()].flat() };
}

function newObject({ mask, corners: _corners, sightings = [], ...object }: OldObject): SceneObject {
  return { ...object, rings: mask ?? null, sightings: sightings.map(newSighting) };
}

function newSighting({ mask, corners: _corners, ...sighting }: OldShape<Sighting>): Sighting {
  return { ...sighting, rings: mask ?? null };
}

function newAnswer(old: OldAnswer): Answer {
  const { sceneScores = [], qualityScores = [], changedProbability, knownProbability, raw, model, ...answer } = old;
  const malformed = raw.reduce((sum, { malformedBoxes }) => sum + malformedBoxes, 0);
  const stated = old.counts.stated;
  return {
    ...answer,
    model: {
      ...model,
      bands: model.bands.map((name) => ({ name, wavelengthNm: null, optional: name === 'nir' })),
    },
    scores: {
      ...(sceneScores.length > 0 && { scene: sceneScores }),
      ...(qualityScores.length > 0 && { quality: qualityScores }),
    },
    numbers: {
      malformed,
      ...numberNamed('stated', stated),
      ...numberNamed('changed', changedProbability),
      ...numberNamed('known', knownProbability),
    },
    raw: raw.map(({ malformedBoxes, statedCount, countedPart, ...slice }) => ({
      ...slice,
      numbers: {
        malformed: malformedBoxes,
        ...numberNamed('stated', statedCount),
        ...numberNamed('countedPart', countedPart),
      },
    })),
  };
}

function numberNamed(name: string, value: number | null | undefined): Record<string, number> {
  return value === null || value === undefined ? {} : { [name]: value };
}
