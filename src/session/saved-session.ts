import { type Display, RGB } from '../render/display.ts';
import type { SensorId } from '../render/sensors.ts';
import type { KeyValueStore } from '../storage/key-value-store.ts';
import type { BandChoice, CrsChoice, Stretch } from '../workers/raster/api.ts';
import { toldWhereItEnded } from './coverage.ts';
import { chosenCrsOf } from './crs-choice.ts';
import type { ImageSource } from './image-source.ts';
import type { SessionState } from './state.ts';
import type { Answer, OpenScene, SceneObject } from './types.ts';

/** Files beyond this, all layers together, aren't copied into the browser's storage: their names are kept, and the user is told. */
export const LARGEST_KEPT_BYTES = 256 * 1024 * 1024;

const RECORD_KEY = 'session';
const VERSION = 2;
const fileKey = (layerId: string) => `file:${layerId}`;
const besideKey = (layerId: string) => `beside:${layerId}`;

/** One layer of a kept session. The imagery itself lies beside it, under its own key, so that it is written once. */
export interface SavedLayer {
  layerId: string;
  name: string;
  visible: boolean;
  opacity: number;
  display: Display;
  sensor?: SensorId | null;
  fileName: string;
  fileBytes: number;
  /** False for a file that was too large to keep. */
  fileKept: boolean;
  sample: string | null;
  bands: BandChoice;
  stretch: Stretch;
  /** The address of an image that was opened by one: read again from there. */
  url?: string;
  /** Chosen by the user over the image's own. */
  crs?: CrsChoice | null;
}

/** What survives a reload. */
export interface SavedSession {
  version: typeof VERSION;
  /** The topmost first. */
  layers: SavedLayer[];
  activeLayer: string | null;
  answers: Answer[];
  objects: SceneObject[];
}

/** Keeps a layer's file and those beside it; false when the storage refused them. An address needs no keeping. */
export async function saveSource(storage: KeyValueStore, layerId: string, source: ImageSource): Promise<boolean> {
  const { image, sidecars } = source;
  const kept = typeof image === 'string' || (await storage.set(fileKey(layerId), image));
  const beside =
    kept && sidecars.length > 0
      ? await storage.set(
          besideKey(layerId),
          sidecars.map((blob) => ({ name: blob.name, blob })),
        )
      : kept;
  if (!beside) await dropFile(storage, layerId);
  return beside;
}

export async function dropFile(storage: KeyValueStore, layerId: string): Promise<void> {
  await Promise.all([storage.delete(fileKey(layerId)), storage.delete(besideKey(layerId))]);
}

export async function saveRecord(
  storage: KeyValueStore,
  state: SessionState,
  isKept: (layerId: string) => boolean,
  urlOf: (layerId: string) => string | null,
): Promise<void> {
  const layers = state.layers.value;
  const known = new Set(layers.map((layer) => layer.layerId));
  // Answers of removed layers come back with an undo, not with a reload.
  const answers = state.answers.value.filter((answer) => answer.layerId !== undefined && known.has(answer.layerId));
  const answerIds = new Set(answers.map((answer) => answer.id));
  const record: SavedSession = {
    version: VERSION,
    layers: layers.map((layer) => savedLayer(layer, isKept(layer.layerId), urlOf(layer.layerId))),
    activeLayer: state.activeLayer.value,
    answers,
    objects: state.objects.value.filter((object) => answerIds.has(object.answerId)),
  };
  await storage.set(RECORD_KEY, record);
}

function savedLayer(layer: OpenScene, fileKept: boolean, url: string | null): SavedLayer {
  const { layerId, name, visible, opacity, display, sensor = null, info, sample, bands, stretch } = layer;
  const { fileName, sizeBytes: fileBytes } = info;
  const look = { name, visible, opacity, display, sensor, bands, stretch };
  const saved = { layerId, ...look, fileName, fileBytes, fileKept, sample };
  return { ...saved, crs: chosenCrsOf(info), ...(url === null ? {} : { url }) };
}

export interface LoadedSession {
  record: SavedSession;
  /** By layer; null for a file that wasn't kept. */
  sources: ReadonlyMap<string, ImageSource | null>;
}

/** The last session, or null when there is none that this version can read. An answer that was running counts as stopped. */
export async function loadSaved(storage: KeyValueStore): Promise<LoadedSession | null> {
  const stored = await storage.get(RECORD_KEY);
  const record = isSavedSession(stored) ? stored : upgraded(stored);
  if (!record) return null;
  const sources = new Map<string, ImageSource | null>();
  for (const layer of record.layers) {
    const key = record === stored ? fileKey(layer.layerId) : OLD_FILE_KEY;
    const blob = layer.fileKept ? await storage.get(key) : undefined;
    const image = layer.url ?? (blob instanceof Blob ? fileOf(blob, layer.fileName) : null);
    const beside = await storage.get(besideKey(layer.layerId));
    const sidecars = Array.isArray(beside) ? beside.filter(isNamedBlob) : [];
    sources.set(
      layer.layerId,
      image === null ? null : { image, sidecars: sidecars.map(({ name, blob }) => fileOf(blob, name)) },
    );
  }
  return { record: { ...record, answers: record.answers.map(toldWhereItEnded) }, sources };
}

/** As it was, its time of change too: what was derived from a file is kept under it. */
function fileOf(blob: Blob, name: string): File {
  return new File([blob], name, blob instanceof File ? { lastModified: blob.lastModified } : {});
}

function isNamedBlob(value: unknown): value is { name: string; blob: Blob } {
  const entry = value as { name?: unknown; blob?: unknown } | null;
  return typeof entry?.name === 'string' && entry.blob instanceof Blob;
}

export async function clearSaved(storage: KeyValueStore, layerIds: Iterable<string>): Promise<void> {
  const keys = [
    RECORD_KEY,
    OLD_FILE_KEY,
    ...[...layerIds].flatMap((layerId) => [fileKey(layerId), besideKey(layerId)]),
  ];
  await Promise.all(keys.map((key) => storage.delete(key)));
}

function isSavedSession(value: unknown): value is SavedSession {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<SavedSession>;
  return (
    record.version === VERSION &&
    Array.isArray(record.layers) &&
    record.layers.every(isSavedLayer) &&
    Array.isArray(record.answers) &&
    Array.isArray(record.objects)
  );
}

function isSavedLayer(layer: Partial<SavedLayer>): boolean {
  return (
    typeof layer.layerId === 'string' &&
    typeof layer.fileName === 'string' &&
    typeof layer.bands === 'object' &&
    typeof layer.stretch === 'object'
  );
}

const OLD_FILE_KEY = 'file';

/** Version 1 kept one file; it becomes the only layer. */
function upgraded(value: unknown): SavedSession | null {
  if (typeof value !== 'object' || value === null) return null;
  const old = value as Partial<Pick<SavedSession, 'answers' | 'objects'> & SavedLayer> & { version?: number };
  const layerId = 'layer-1';
  const readable = old.version === 1 && Array.isArray(old.answers) && Array.isArray(old.objects);
  if (!readable || !isSavedLayer({ ...old, layerId }) || !old.fileName || !old.bands || !old.stretch) return null;
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
  return { version: VERSION, layers: [layer], activeLayer: layerId, answers, objects: old.objects ?? [] };
}
