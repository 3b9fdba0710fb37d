import { coverConfidence } from './cover-confidence.ts';
import { coverGeotiff } from './cover-geotiff.ts';
import type { ExportFormat } from './format.ts';
import { geojson } from './geojson.ts';

/** All export formats, in menu order. A plain export uses the first. */
export const exportFormats: readonly ExportFormat[] = [geojson, coverGeotiff, coverConfidence];
