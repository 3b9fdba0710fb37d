import { fromMatrix, fromPixelIsPoint, fromScaleAndTiepoint, isUsableGeotransform } from '../geo/affine.ts';
import { gsdAt } from '../geo/gsd.ts';
import { makeToLonLat } from '../geo/projection.ts';
import type { Geotransform } from '../geo/types.ts';
import type { Georeference } from '../workers/raster/api.ts';
import { readCrs } from './crs.ts';
import { readGeoKeys } from './geo-keys.ts';
import { type Directory, numbersOf, type TiffFile } from './tiff/directory.ts';
import { TAG } from './tiff/tags.ts';

const PIXEL_IS_POINT = 2;

/** Where the file says its pixels lie. Never guessed: what can't be placed is `none`, with the reason. */
export async function readGeoreference(file: TiffFile, directory: Directory): Promise<Georeference> {
  const matrix = await numbersOf(file, directory, TAG.modelTransformation);
  const scale = await numbersOf(file, directory, TAG.modelPixelScale);
  const tiepoints = await numbersOf(file, directory, TAG.modelTiepoint);
  const keys = await readGeoKeys(file, directory);
  const stored = affineOf(matrix, scale, tiepoints);
  if (typeof stored === 'string') return { kind: 'none', reason: stored };
  if (!isUsableGeotransform(stored)) {
    return {
      kind: 'none',
      reason: 'The file’s georeferencing is damaged: its pixels would have no area on the ground.',
    };
  }
  const pixelIsPoint = keys?.number('GTRasterTypeGeoKey') === PIXEL_IS_POINT;
  const crs = keys ? await readCrs(keys) : { crs: null, crsName: null, proj4: null, units: 'unknown' as const };
  return {
    kind: 'affine',
    geotransform: pixelIsPoint ? fromPixelIsPoint(stored) : stored,
    ...crs,
    pixelIsPoint,
  };
}

/** The geotransform as stored, or why there is none. */
function affineOf(
  matrix: Float64Array | null,
  scale: Float64Array | null,
  tiepoints: Float64Array | null,
): Geotransform | string {
  if (scale && scale.length >= 2 && tiepoints && tiepoints.length >= 6 && scale[0] !== 0 && scale[1] !== 0) {
    // GDAL reads a negative Y scale as a north-up file written by mistake, against the letter of GeoTIFF. People see
    // their files through GDAL, so the same here; a file that is truly south-up says so with a matrix.
    return fromScaleAndTiepoint([scale[0]!, Math.abs(scale[1]!)], [...tiepoints.subarray(0, 6)]);
  }
  if (matrix && matrix.length >= 8) return fromMatrix([...matrix]);
  if (tiepoints && tiepoints.length >= 12) {
    return `The file gives ${tiepoints.length / 6} ground control points instead of a transform. Warp it first: gdalwarp input.tif output.tif`;
  }
  return 'The file has no georeferencing.';
}

/** Metres a pixel at the image's centre, or null where that can't be said. */
export function gsdOf(georeference: Georeference, width: number, height: number): { x: number; y: number } | null {
  if (georeference.kind === 'none') return null;
  const g = georeference.geotransform;
  const toLonLat = makeToLonLat(georeference.proj4);
  if (toLonLat) {
    const ground = gsdAt(g, toLonLat, width / 2, height / 2);
    if (ground) return ground;
  }
  const metres = { metre: 1, foot: 0.3048, 'us-foot': 1200 / 3937, degree: null, unknown: null }[georeference.units];
  return metres === null ? null : { x: Math.hypot(g[1], g[4]) * metres, y: Math.hypot(g[2], g[5]) * metres };
}
