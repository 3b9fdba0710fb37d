/** Files that often lie beside images and place or describe them in a way that Nadir doesn't read. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [
    /\.map$/,
    'is an OziExplorer calibration, which Nadir doesn’t read. Convert it: gdal_translate input.map output.tif',
  ],
  [/\.km[lz]$/, 'is a KML overlay, which Nadir doesn’t read. Convert it: gdal_translate input.kml output.tif'],
  [
    /\.aux$/,
    'is an ERDAS auxiliary file, which Nadir doesn’t read. Copy its content into the image: gdal_translate input output.tif',
  ],
  [/\.rrd$/, 'holds ERDAS overviews, which Nadir doesn’t read; it builds its own.'],
  [
    /\.points$/,
    'holds control points of QGIS’s georeferencer, which Nadir doesn’t read. Let QGIS write the georeferenced image or a world file.',
  ],
];

/** Why a file with that name (lower case) isn't used, as the end of a sentence; null if it is none of these. */
export function unreadKind(name: string): string | null {
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
