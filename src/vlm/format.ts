import type { VlmBackend } from './backend.ts';
import type { FileIndex } from './files/file-index.ts';
import type { OrtHost } from './runtime/ort-host.ts';
import type { BackendInfo, FolderFile, LoadProgress } from './types.ts';

/** A kind of model folder (docs/add-a-model-family.md). */
export interface VlmFormat {
  readonly id: string;
  /** Completes the sentence "Nadir opens …": "a Nadir model (with nadir.json)". */
  readonly description: string;
  /** Whether the files have this format, judged by their names or by a small file. */
  recognises(files: FileIndex): Promise<boolean>;
  /** Fetches and checks the files. Errors: MODEL_FILE_MISSING, MODEL_HASH_MISMATCH, MODEL_MANIFEST_INVALID. */
  read(files: FileIndex, onProgress: (progress: LoadProgress) => void): Promise<ReadModel>;
}

/** A model's files in memory. */
export interface ReadModel {
  totalBytes: number;
  /** All files as the browser keeps them. The copy outlives this worker. */
  asFolder(): FolderFile[];
  /**
   * Opens the model on `device`, or on another one if that fails. `onStep` is called for each part that is ready.
   * Errors: MODEL_*, WEBGPU_UNAVAILABLE, OUT_OF_MEMORY.
   */
  open(device: Device, onStep: () => void): Promise<VlmBackend>;
}

/** The device and runtime that a model uses. */
export interface Device {
  info: BackendInfo;
  ort: OrtHost;
}
