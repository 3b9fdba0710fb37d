import { geojson } from './geojson.ts';
import type { VectorFormat } from './vector-format.ts';

/** Every format that vector layers are read from. */
export const vectorFormats: readonly VectorFormat[] = [geojson];
