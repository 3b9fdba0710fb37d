import { coverColours, rgbOf } from '../cover/colours.ts';
import { classesOf } from '../cover/cover-raster.ts';
import type { ExportFormat } from './format.ts';
import { COVER_MIME, coverBand, requireCover } from './geotiff/cover-band.ts';
import type { TiffEntry } from './geotiff/tiff.ts';
import type { ExportCover } from './types.ts';

/**
 * The land cover as a raster of classes: u8, one pixel a cell, its class's index in the metadata's `CLASS_n`, 255 for nodata, with a colour
 * table. In the image's CRS, by its EPSG code; of a CRS without one only the name is written, and its proj4 text in the metadata. Errors:
 * OPTION_INVALID where there is no land cover.
 */
export const coverGeotiff: ExportFormat = {
  id: 'cover-geotiff',
  label: 'Land cover GeoTIFF',
  extension: 'tif',
  otherExtensions: ['tiff'],
  mime: COVER_MIME,
  about: 'land cover',
  write: async (input) => {
    const cover = requireCover(input);
    const names = Object.fromEntries(cover.raster.labels.map((label, k) => [`CLASS_${k}`, label]));
    return coverBand(cover, input, {
      samples: classesOf(cover.raster),
      description: 'Land cover',
      facts: names,
      tags: classTags(cover),
    });
  },
};

function classTags({ raster: { labels } }: ExportCover): TiffEntry[] {
  const colours = coverColours(labels).map(rgbOf);
  // Red of all values, then green, then blue, of 16 bits each.
  const table = [0, 1, 2].flatMap((band) =>
    Array.from({ length: 256 }, (_, value) => 257 * (colours[value]?.[band] ?? 0)),
  );
  return [
    { tag: 262, type: 'short', values: [3] },
    { tag: 320, type: 'short', values: table },
  ];
}
