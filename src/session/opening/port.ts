import type { ReadonlySignal } from '@preact/signals';
import type { OpenScene } from '../document.ts';

export interface SampleScene {
  file: string;
  title: string;
  description: string;
}

/** Opening images from files, addresses and samples. */
export interface OpeningPort {
  readonly samples: ReadonlySignal<SampleScene[]>;
  /** Name of the file being opened, for the progress line; null when idle. */
  readonly name: ReadonlySignal<string | null>;
  /** Bytes received so far of an address being opened; null for a file, and when idle. */
  readonly bytes: ReadonlySignal<number | null>;
  /** Opens the file with its sidecars in place of everything that is open. Errors: those of reading; what was open then stays open. */
  openFile(file: File, sidecars?: File[]): Promise<OpenScene>;
  /**
   * Opens files in place of everything that is open, as layers with the last on top; vector files are laid over them. Never rejects:
   * each file that can't be opened gets a notice.
   */
  openFiles(files: File[]): Promise<OpenScene[]>;
  /**
   * Opens files as layers above those that are open; the last image that opens becomes active. Never rejects: each file that can't be
   * opened gets a notice.
   */
  addFiles(files: File[]): Promise<OpenScene[]>;
  /** Reads an image by range from an address that the user typed; no other host is asked. Errors: as `openFile`, URL_INVALID. */
  openUrl(url: string): Promise<OpenScene>;
  /** Errors: PART_MISSING, as `openFile`. */
  openSample(file: string): Promise<OpenScene>;
  /** Gives up the opening under way, which then rejects with ABORTED; what is open stays. */
  cancel(): void;
  /**
   * Whether the active layer is read from this very file: the object that was given to `openFile`, not another file of the
   * same name and size.
   */
  isOpen(file: File): boolean;
  /** Closes every layer and deletes the stored session. */
  closeAll(): Promise<void>;
}
