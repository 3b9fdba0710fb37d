import type { KeyValueStore } from '../storage/key-value-store.ts';
import { toldWhereItEnded } from './coverage.ts';
import { chosenCrsOf } from './crs-choice.ts';
import type { ImageSource } from './image-source.ts';
import { isSavedSession, type SavedLayer, type SavedSession, VERSION } from './saved-record.ts';
import type { SessionState } from './state.ts';
import type { OpenScene } from './types.ts';
import { upgraded } from './upgrade-saved.ts';

/** Files beyond this, all layers together, aren't copied into the browser's storage: their names are kept, and the user is told. */
export const LARGEST_KEPT_BYTES = 256 * 1024 * 1024;

const RECORD_KEY = 'session';
/** Where version 1 kept its file. */
const OLD_FILE_KEY = 'file';
const fileKey = (layerId: string) => `file:${layerId}`;
const besideKey = (layerId: string) => `beside:${layerId}`;

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
  const record = upgraded(stored) ?? stored;
  if (!isSavedSession(record)) return null;
  const sources = new Map<string, ImageSource | null>();
  for (const layer of record.layers) {
    const blob = layer.fileKept
      ? ((await storage.get(fileKey(layer.layerId))) ?? (await storage.get(OLD_FILE_KEY)))
      : undefined;
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
