import type { KeyValueStore } from '../storage/key-value-store.ts';
import type { BandChoice, Stretch } from '../workers/raster/api.ts';
import type { SessionState } from './state.ts';
import type { Answer, SceneObject } from './types.ts';

/** Larger files are not copied into the browser's storage: only their name is kept, and the user is asked to open them again. */
export const LARGEST_KEPT_BYTES = 256 * 1024 * 1024;

const RECORD_KEY = 'session';
const FILE_KEY = 'file';
const VERSION = 1;

/** What survives a reload. The imagery itself lies beside it, under its own key, so that it is written once. */
export interface SavedSession {
  version: typeof VERSION;
  fileName: string;
  fileBytes: number;
  /** False for a file too large to keep. */
  fileKept: boolean;
  sample: string | null;
  bands: BandChoice;
  stretch: Stretch;
  answers: Answer[];
  objects: SceneObject[];
}

/** Keeps the file of a scene that was just opened; false when it was too large or the storage refused it. */
export async function saveFile(storage: KeyValueStore, file: File): Promise<boolean> {
  if (file.size > LARGEST_KEPT_BYTES || !(await storage.set(FILE_KEY, file))) {
    await storage.delete(FILE_KEY);
    return false;
  }
  return true;
}

export async function saveRecord(storage: KeyValueStore, state: SessionState, fileKept: boolean): Promise<void> {
  const scene = state.scene.value;
  if (!scene) return;
  const record: SavedSession = {
    version: VERSION,
    fileName: scene.info.fileName,
    fileBytes: scene.info.sizeBytes,
    fileKept,
    sample: scene.sample,
    bands: scene.bands,
    stretch: scene.stretch,
    answers: state.answers.value,
    objects: state.objects.value,
  };
  await storage.set(RECORD_KEY, record);
}

/** The last session, or null when there is none that this version can read. An answer that was running counts as stopped. */
export async function loadSaved(storage: KeyValueStore): Promise<{ record: SavedSession; file: File | null } | null> {
  const record = await storage.get(RECORD_KEY);
  if (!isSavedSession(record)) return null;
  const blob = record.fileKept ? await storage.get(FILE_KEY) : undefined;
  const file = blob instanceof Blob ? new File([blob], record.fileName) : null;
  const answers = record.answers.map((answer) =>
    answer.status === 'running' ? { ...answer, status: 'stopped' as const } : answer,
  );
  return { record: { ...record, answers }, file };
}

export async function clearSaved(storage: KeyValueStore): Promise<void> {
  await Promise.all([storage.delete(RECORD_KEY), storage.delete(FILE_KEY)]);
}

function isSavedSession(value: unknown): value is SavedSession {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<SavedSession>;
  return (
    record.version === VERSION &&
    typeof record.fileName === 'string' &&
    Array.isArray(record.answers) &&
    Array.isArray(record.objects) &&
    typeof record.bands === 'object' &&
    typeof record.stretch === 'object'
  );
}
