import type { ReadonlySignal } from '@preact/signals';
import type { OpenScene } from '../document.ts';

/** The earlier image of a comparison. */
export interface BeforeImage
  extends Pick<OpenScene, 'info' | 'bands' | 'stretch'>,
    Partial<Pick<OpenScene, 'layerId' | 'name' | 'sensor'>> {
  /** Of a file: stays the same when the reader restarts and over a reload. A layer has its `layerId`. */
  imageId?: string;
}

/** The earlier image of the same ground that `change` compares the active layer with. */
export interface ComparisonPort {
  readonly before: ReadonlySignal<BeforeImage | null>;
  /** Name of the file being opened; null when idle. */
  readonly opening: ReadonlySignal<string | null>;
  /**
   * Opens the earlier image; it is closed when another image is opened. Errors: as opening a file, NO_IMAGE, SCENES_DO_NOT_MATCH where
   * sizes or places differ.
   */
  open(file: File): Promise<void>;
  /** Uses an open layer as the earlier image. Errors: NO_IMAGE, SCENES_DO_NOT_MATCH, NO_EARLIER_IMAGE when the layer is gone. */
  useLayer(layerId: string): void;
  close(): Promise<void>;
  /** Whether it is read from this very file; see `OpeningPort.isOpen`. */
  isOpen(file: File): boolean;
}
