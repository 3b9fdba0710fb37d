import { signal } from '@preact/signals';
import type { Point } from '../../geo/types.ts';
import type { BandInfo } from '../../imagery/image.ts';

/** Values of one layer at the place that was pointed at. */
export interface LayerValues {
  layerId: string;
  name: string;
  /** In the layer's own pixels. */
  colPx: number;
  rowPx: number;
  bands: readonly BandInfo[];
  /** Null where the layer has nothing there. */
  values: number[] | null;
}

export interface Identified {
  /** In source pixels of the active layer. */
  xPx: number;
  yPx: number;
  /** Null while they are read. */
  layers: LayerValues[] | null;
}

/** What the identify tool found last. */
export const identified = signal<Identified | null>(null);

/** The line or ring being measured, in source pixels of the active layer; `open` while points are added. */
export const measured = signal<{ kind: 'distance' | 'area'; points: Point[]; open: boolean } | null>(null);

export function clearTools(): void {
  identified.value = null;
  measured.value = null;
}
