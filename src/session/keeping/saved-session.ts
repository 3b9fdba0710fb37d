import { areReadable, type KeyValueStore, type StoreFailure } from '../../storage/key-value-store.ts';
import { withEndStated } from '../asking/slices/coverage.ts';
import type { OpenScene } from '../document.ts';
import { chosenCrsOf } from '../layers/crs-choice.ts';
import type { ImageSource } from '../opening/image-source.ts';
import type { Lost, NotKept } from '../opening/lost-files.ts';
import type { SessionState } from '../state.ts';
import { COVER } from './saved-cover.ts';
import { isSavedSession, type SavedLayer, type SavedPart, type SavedSession, VERSION } from './saved-record.ts';
import { upgraded } from './upgrade-saved.ts';

const RECORD_KEY = 'session';
/** Where version 1 kept its file. */
const OLD_FILE_KEY = 'file';
const FILE = 'file:';
const BESIDE = 'beside:';
const fileKey = (layerId: string) => `${FILE}${layerId}`;
const besideKey = (layerId: string) => `${BESIDE}${layerId}`;

/** Stores a layer's file and its sidecars; an address needs no storage. Returns why it could not, and then has stored nothing. */
export async function saveSource(
  storage: KeyValueStore,
  layerId: string,
  { image, sidecars }: ImageSource,
): Promise<StoreFailure | null> {
  const beside = sidecars.map((blob) => ({ name: blob.name, blob }));
  const failure =
    (typeof image === 'string' ? null : await storage.set(fileKey(layerId), image)) ??
    (beside.length > 0 ? await storage.set(besideKey(layerId), beside) : null);
  if (failure) await dropFile(storage, layerId);
  return failure;
}

export async function dropFile(storage: KeyValueStore, layerId: string): Promise<void> {
  await Promise.all([storage.delete(fileKey(layerId)), storage.delete(besideKey(layerId))]);
}

/** Whether `stored`, the keys of a session's place, contains everything that `saveSource` stored. */
export function hasFile(stored: ReadonlySet<string>, layerId: string, { image, sidecars }: ImageSource): boolean {
  const isImageThere = typeof image === 'string' || stored.has(fileKey(layerId));
  return isImageThere && (sidecars.length === 0 || stored.has(besideKey(layerId)));
}

/** Its size in the browser's storage; an address takes none. */
export function bytesOf({ image, sidecars }: ImageSource): number {
  const own = typeof image === 'string' ? 0 : image.size;
  return sidecars.reduce((sum, { size }) => sum + size, own);
}

/** Stores the open layers with their answers, and the `waiting` ones. Returns why it could not. */
export async function saveRecord(
  storage: KeyValueStore,
  state: SessionState,
  waiting: SavedPart,
  sourceOf: (layerId: string) => { failed: NotKept | null; url: string | null },
): Promise<StoreFailure | null> {
  const layers = state.layers.value;
  const known = new Set(layers.map((layer) => layer.layerId));
  // Undo restores the answers of removed layers, a reload doesn't.
  const answers = state.answers.value.filter((answer) => answer.layerId !== undefined && known.has(answer.layerId));
  const answerIds = new Set(answers.map((answer) => answer.id));
  const objects = state.objects.value.filter((object) => answerIds.has(object.answerId));
  const record: SavedSession = {
    version: VERSION,
    layers: [...layers.map((layer) => savedLayer(layer, sourceOf(layer.layerId))), ...waiting.layers],
    activeLayer: state.activeLayer.value,
    answers: [...answers, ...waiting.answers],
    objects: [...objects, ...waiting.objects],
    taught: [...state.taught.value],
    lesson: state.lesson.value,
    covers: {
      ...waiting.covers,
      ...Object.fromEntries(
        state.covers.value.filter(({ layerId }) => known.has(layerId)).map(({ layerId, shown }) => [layerId, shown]),
      ),
    },
  };
  return storage.set(RECORD_KEY, record);
}

function savedLayer(layer: OpenScene, { failed, url }: { failed: NotKept | null; url: string | null }): SavedLayer {
  const { layerId, name, visible, opacity, display, sensor = null, info, sample, bands, stretch } = layer;
  const { fileName, sizeBytes: fileBytes, version } = info;
  const look = { name, visible, opacity, display, sensor, bands, stretch };
  const saved = { layerId, ...look, fileName, fileBytes, fileKept: failed === null, sample };
  return {
    ...saved,
    crs: chosenCrsOf(info),
    ...(version === undefined ? {} : { version }),
    ...(failed === null ? {} : { notKept: failed }),
    ...(url === null ? {} : { url }),
  };
}

export interface LoadedSession {
  record: SavedSession;
  /** For each layer, its files or address, or why they are gone. */
  sources: ReadonlyMap<string, ImageSource | Lost>;
}

/** The stored session, or null if there is none that this version can read. An answer that was running counts as stopped. */
export async function loadSaved(storage: KeyValueStore): Promise<LoadedSession | null> {
  const stored = await storage.get(RECORD_KEY);
  const record = upgraded(stored) ?? stored;
  if (!isSavedSession(record)) return null;
  const sources = new Map<string, ImageSource | Lost>();
  for (const layer of record.layers) sources.set(layer.layerId, await loadSource(storage, layer));
  return { record: { ...record, answers: record.answers.map(withEndStated) }, sources };
}

async function loadSource(storage: KeyValueStore, layer: SavedLayer): Promise<ImageSource | Lost> {
  const { layerId, fileName, fileKept, notKept, url } = layer;
  if (!url && !fileKept) return notKept ?? 'unknown';
  const blob = url ? null : ((await storage.get(fileKey(layerId))) ?? (await storage.get(OLD_FILE_KEY)));
  const image = url ?? (await readable(blob, fileName));
  if (image === null) return 'deleted';
  const beside = await storage.get(besideKey(layerId));
  const sidecars = Array.isArray(beside) ? beside.filter(isNamedBlob) : [];
  return { image, sidecars: sidecars.map(({ name, blob }) => fileOf(blob, name)) };
}

/** Null if the browser has lost the blob's content. */
async function readable(blob: unknown, name: string): Promise<File | null> {
  return blob instanceof Blob && (await areReadable([blob])) ? fileOf(blob, name) : null;
}

/** With its time of change, because overviews are found by it. */
export function fileOf(blob: Blob, name: string): File {
  return new File([blob], name, blob instanceof File ? { lastModified: blob.lastModified } : {});
}

function isNamedBlob(value: unknown): value is { name: string; blob: Blob } {
  const entry = value as { name?: unknown; blob?: unknown } | null;
  return typeof entry?.name === 'string' && entry.blob instanceof Blob;
}

/** Deletes the stored session with its files and land cover. Other keys stay. */
export async function clearSaved(storage: KeyValueStore): Promise<void> {
  const own = await Promise.all([FILE, BESIDE, COVER].map((prefix) => storage.keys(prefix)));
  await Promise.all([RECORD_KEY, ...own.flat()].map((key) => storage.delete(key)));
}
