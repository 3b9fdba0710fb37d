import { classAt, NO_CLASS } from '../cover/cover-raster.ts';
import type { ExportFormat } from './format.ts';
import { COVER_MIME, coverBand, requireCover } from './geotiff/cover-band.ts';

/** How likely the class of each cell of the land cover is, in per cent, on the same grid. Errors: as `coverGeotiff`. */
export const coverConfidence: ExportFormat = {
  id: 'cover-confidence',
  label: 'Land cover confidence GeoTIFF',
  extension: 'confidence.tif',
  mime: COVER_MIME,
  about: 'land cover',
  write: async (input) => {
    const cover = requireCover(input);
    const { rows, cols } = cover.raster;
    const samples = Uint8Array.from({ length: rows * cols }, (_, cell) => {
      const found = classAt(cover.raster, cell);
      return found ? Math.round(100 * found.probability) : NO_CLASS;
    });
    return coverBand(cover, input, {
      samples,
      description: 'Probability of the class, %',
      facts: {},
      tags: [{ tag: 262, type: 'short', values: [1] }],
    });
  },
};
