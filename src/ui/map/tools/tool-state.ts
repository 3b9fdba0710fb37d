import { signal } from '@preact/signals';
import type { Point } from '../../../geo/types.ts';
import type { BandInfo } from '../../../imagery/image.ts';

/** Values of one layer at the clicked place. */
export interface LayerValues {
  layerId: string;
  name: string;
  /** In the layer's own pixels. */
  colPx: number;
  rowPx: number;
  bands: readonly BandInfo[];
  /** Null if the layer doesn't cover the place. */
  values: number[] | null;
}

export interface PixelReading {
  /** In source pixels of the active layer. */
  xPx: number;
  yPx: number;
  /** Null while they are being read. */
  layers: LayerValues[] | null;
}

/** The last result of the pixel-value tool. */
export const pixelReading = signal<PixelReading | null>(null);

/** The line or ring being measured, in source pixels of the active layer; `open` while points are added. */
export const measured = signal<{ kind: 'distance' | 'area'; points: Point[]; open: boolean } | null>(null);

export function clearTools(): void {
  pixelReading.value = null;
  measured.value = null;
}
