import type { CoverGrid } from '../../cover/cover-raster.ts';
import { applyGeotransform } from '../../geo/ground/affine.ts';
import type { Georeference } from '../../imagery/place.ts';
import type { TiffEntry } from './tiff.ts';

/** GeoTIFF keys (OGC 19-008r4). */
const KEY = { model: 1024, raster: 1025, citation: 1026, geographic: 2048, projected: 3072 };
const PROJECTED = 1;
const GEOGRAPHIC = 2;
const USER_DEFINED = 32767;
const AREA = 1;

/** The tags that place a grid of an image where the image lies; none without a place. */
export function placeTags(place: Georeference, { x, y, cellWidth, cellHeight }: CoverGrid): TiffEntry[] {
  if (place.kind === 'none') return [];
  const g = place.geotransform;
  const [left, top] = applyGeotransform(g, x, y);
  const [a, b, d, e] = [g[1] * cellWidth, g[2] * cellHeight, g[4] * cellWidth, g[5] * cellHeight];
  const isUpright = b === 0 && d === 0 && a > 0 && e < 0;
  const transform: TiffEntry[] = isUpright
    ? [
        { tag: 33550, type: 'double', values: [a, -e, 0] },
        { tag: 33922, type: 'double', values: [0, 0, 0, left, top, 0] },
      ]
    : [{ tag: 34264, type: 'double', values: [a, b, 0, left, d, e, 0, top, 0, 0, 0, 0, 0, 0, 0, 1] }];
  return [...transform, ...keyTags(place)];
}

/** Of a CRS with an EPSG code the code; of another one its name, since its definition has no form here. */
function keyTags({ crs, crsName, units }: Extract<Georeference, { kind: 'affine' }>): TiffEntry[] {
  const code = Number(/^EPSG:(\d{4,5})$/.exec(crs ?? '')?.[1] ?? USER_DEFINED);
  const isGeographic = units === 'degree';
  const name = crsName ?? crs ?? 'unknown';
  const citation = `${printable(name)}|`;
  const keys = [
    [KEY.model, 0, 1, isGeographic ? GEOGRAPHIC : PROJECTED],
    [KEY.raster, 0, 1, AREA],
    [KEY.citation, 34737, citation.length, 0],
    [isGeographic ? KEY.geographic : KEY.projected, 0, 1, Math.min(code, USER_DEFINED)],
  ];
  return [
    { tag: 34735, type: 'short', values: [1, 1, 0, keys.length, ...keys.flat()] },
    { tag: 34737, type: 'ascii', text: citation },
  ];
}

/** Keys hold ASCII, and their texts end in "|". */
const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').replaceAll('|', '/');
