import type { Feature } from 'geojson';
import type { PlacedFeatures } from './place.ts';

/** A vector layer, drawn over the images. A reload removes it. */
export interface VectorLayer {
  id: string;
  /** The file's name. */
  name: string;
  /** The format's name. */
  format: string;
  visible: boolean;
  /** In WGS 84 degrees. */
  features: readonly Feature[];
}

/** A vector layer on the active image; `placed` is null if the image has no place. */
export interface VectorOverlay {
  layer: VectorLayer;
  placed: PlacedFeatures | null;
}
