import type { ExportFormat } from './format.ts';
import { geojson } from './geojson.ts';

/** All export formats, in menu order. A plain export uses the first. */
export const exportFormats: readonly ExportFormat[] = [geojson];
