import type { ReadonlySignal } from '@preact/signals';
import type { PixelWindow } from '../../geo/types.ts';
import type { NamedBand } from '../../imagery/image.ts';
import type { Stretch } from '../../imagery/stretch.ts';
import type { CoverEvidence } from '../../plan/evidence.ts';
import type { CoverResult } from '../../plan/result.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import type { Answer, Coverage } from '../document.ts';
import type { ExportedFile } from '../exporting/port.ts';

/** The land cover of an image, or of a part of it, as it was mapped last. */
export interface CoverLayer extends CoverEvidence {
  layerId: string;
  createdAt: string;
  /** What was asked about, in source pixels. */
  region: PixelWindow;
  /** The tiles that it is made of. */
  coverage: Coverage;
  /** How it was made. */
  model: Pick<ModelInfo, 'id' | 'name' | 'version' | 'hash'>;
  adapter: NonNullable<Answer['adapter']>['hash'] | null;
  bands: readonly NamedBand[];
  stretch: Stretch;
  shown: CoverLook;
}

/** How a land cover is shown on the map. */
export interface CoverLook {
  visible: boolean;
  /** 0–1. */
  opacity: number;
  /** Labels of the classes that aren't drawn. */
  hidden: readonly string[];
}

/** Where the areas of the legend are measured. */
export type CoverScope = { by: 'all' } | { by: 'marked' } | { by: 'vectors'; id: string };

/** What each class covers; null where nothing of it is known, as outside the map. */
export type CoverAreas = Pick<CoverResult, 'rows' | 'whole'> | null;

/** The land cover of the active layer. */
export interface CoverPort {
  /** Null until it is mapped. */
  readonly layer: ReadonlySignal<CoverLayer | null>;
  /** Whether the loaded model maps it; false while none is loaded. */
  readonly isOffered: ReadonlySignal<boolean>;
  /**
   * Maps the region (default: the whole scene) by a question, whose answer shows the progress and stops it. Errors: as
   * `AskingPort.ask`.
   */
  map(region?: PixelWindow): Promise<Answer>;
  /** Can be undone. */
  look(change: Partial<CoverLook>): void;
  /** Can be undone. */
  remove(): void;
  /**
   * The areas of the classes in a part of the map. Errors: NO_IMAGE without a map; VECTOR_INVALID for a layer whose polygons overlap; those
   * of running plans.
   */
  areas(scope: CoverScope): Promise<CoverAreas>;
  /** The class and its probability, 0–1, at a source pixel position; null where none is known. */
  at(xPx: number, yPx: number): { label: string; probability: number } | null;
  /** Saves the map in a format of the export table. Errors: NO_IMAGE without a map; as `exportAs`. */
  exportAs(formatId: string): Promise<ExportedFile>;
}
