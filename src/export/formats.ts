import type { ExportFormat } from './format.ts';
import { geojson } from './geojson.ts';

/** Every format that can be exported, as menus list them. The first is the one that a plain export writes. */
export const exportFormats: readonly ExportFormat[] = [geojson];
