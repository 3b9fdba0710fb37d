import { geojson } from './geojson.ts';
import type { VectorFormat } from './vector-format.ts';

/** All formats of vector layers. */
export const vectorFormats: readonly VectorFormat[] = [geojson];
