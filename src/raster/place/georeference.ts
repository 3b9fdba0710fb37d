import { fromMatrix, fromPixelIsPoint, fromScaleAndTiepoint, isUsableGeotransform } from '../../geo/ground/affine.ts';
import { gsdOfImage } from '../../geo/ground/gsd.ts';
import type { Geotransform } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';
import { NO_CRS } from '../crs/crs-info.ts';
import { type GeoKeys, readGeoKeys } from '../crs/keys/geo-keys.ts';
import { readCrs } from '../crs/keys/read-crs.ts';
import { orientationNote } from '../pictures/orientation.ts';
import { NO_SIDECARS, type Sidecars } from '../sidecars/read.ts';
import { type Directory, numberOf, numbersOf, type TiffFile } from '../tiff/directory.ts';
import { TAG } from '../tiff/tags.ts';
import type { Gcp } from './gcp-fit.ts';
import { type ImageFormat, placeImage, type Stated } from './placing.ts';

const PIXEL_IS_POINT = 2;
const RPC_COEFFICIENTS = 50844;
const ORIENTATION = 274;
const RESOLUTION = { x: 282, y: 283, unit: 296 };
/** More than any camera model or annotation tool writes. */
const MAX_GCPS = 100_000;

/** In pixels. */
interface Size {
  width: number;
  height: number;
}

/**
 * Where a TIFF's pixels lie, according to the file and its sidecars. Never guessed: an image that can't be placed is
 * `none`, with the reason. If sources contradict each other, GDAL's order decides (placing.ts) and a note says so.
 */
export async function readGeoreference(
  file: TiffFile,
  directory: Directory,
  size: Size,
  sidecars: Sidecars = NO_SIDECARS,
): Promise<Georeference> {
  const keys = await readGeoKeys(file, directory);
  const pixelIsPoint = keys?.number('GTRasterTypeGeoKey') === PIXEL_IS_POINT;
  const stated = await statedBy(file, directory, keys, pixelIsPoint, sidecars);
  const image = { width: size.width, height: size.height, pixelsPerInch: await pixelsPerInch(file, directory) };
  return placeImage(stated, image, sidecars);
}

/** The place of a PNG, JPEG or WebP, which only sidecars can give. `notes`: other remarks about the picture. */
export async function placePicture(
  format: Exclude<ImageFormat, 'TIFF'>,
  { width, height }: Size,
  sidecars: Sidecars = NO_SIDECARS,
  notes: readonly string[] = [],
): Promise<Georeference> {
  const stated: Stated = {
    format,
    transform: null,
    reason: `A ${format} picture carries no georeferencing, and ${describeSidecars(sidecars)}.`,
    gcps: [],
    crs: NO_CRS,
    pixelIsPoint: false,
    hasRpc: false,
    notes: [...notes],
  };
  return placeImage(stated, { width, height, pixelsPerInch: null }, sidecars);
}

const describeSidecars = ({ names }: Sidecars) =>
  names.length === 0
    ? 'no world file, .aux.xml or .tab came with it'
    : `the files with it give no transform (${names.join(', ')})`;

async function statedBy(
  file: TiffFile,
  directory: Directory,
  keys: GeoKeys | null,
  pixelIsPoint: boolean,
  sidecars: Sidecars,
): Promise<Stated> {
  const matrix = await numbersOf(file, directory, TAG.modelTransformation, 16);
  const scale = await numbersOf(file, directory, TAG.modelPixelScale, 3);
  const tiepoints = await numbersOf(file, directory, TAG.modelTiepoint, MAX_GCPS * 6);
  const stored = affineOf(matrix, scale, tiepoints);
  const usable = stored !== null && isUsableGeotransform(stored);
  const turned = orientationNote(await numberOrFallback(file, directory, ORIENTATION, 1));
  return {
    format: 'TIFF',
    transform: usable ? (pixelIsPoint ? fromPixelIsPoint(stored) : stored) : null,
    reason: stored
      ? 'The file’s georeferencing is damaged: its pixels would have no area on the ground.'
      : sidecars.names.length === 0
        ? 'The file has no georeferencing.'
        : `The file has no georeferencing, and ${describeSidecars(sidecars)}.`,
    gcps: stored ? [] : controlPoints(tiepoints, pixelIsPoint),
    crs: keys ? await readCrs(keys) : NO_CRS,
    pixelIsPoint,
    hasRpc: directory.entries.has(RPC_COEFFICIENTS),
    notes: turned ? [turned] : [],
  };
}

/** A tag without which the image still opens; a damaged one reads as `fallback`. */
const numberOrFallback = (file: TiffFile, directory: Directory, tag: number, fallback: number) =>
  numberOf(file, directory, tag, fallback).catch(() => fallback);

/** Null if the file doesn't state it. */
async function pixelsPerInch(file: TiffFile, directory: Directory): Promise<{ x: number; y: number } | null> {
  const x = await numberOrFallback(file, directory, RESOLUTION.x, 0);
  const y = await numberOrFallback(file, directory, RESOLUTION.y, 0);
  const perUnit = { 2: 1, 3: 2.54 }[await numberOrFallback(file, directory, RESOLUTION.unit, 2)];
  return perUnit && x > 0 && y > 0 ? { x: x * perUnit, y: y * perUnit } : null;
}

/** The geotransform as stored, or null. */
function affineOf(
  matrix: Float64Array | null,
  scale: Float64Array | null,
  tiepoints: Float64Array | null,
): Geotransform | null {
  if (scale && scale.length >= 2 && tiepoints && tiepoints.length >= 6 && scale[0] !== 0 && scale[1] !== 0) {
    // GDAL treats a negative Y scale as a north-up file written by mistake, against the letter of GeoTIFF. People see
    // their files through GDAL, so we do the same. A file that is really south-up uses a matrix.
    return fromScaleAndTiepoint([scale[0]!, Math.abs(scale[1]!)], [...tiepoints.subarray(0, 6)]);
  }
  return matrix && matrix.length >= 8 ? fromMatrix([...matrix]) : null;
}

/**
 * Tiepoints without a scale are ground control points. With PixelIsPoint, their pixel coordinates start at the first
 * pixel's centre.
 */
function controlPoints(tiepoints: Float64Array | null, pixelIsPoint: boolean): Gcp[] {
  const shift = pixelIsPoint ? 0.5 : 0;
  const points: Gcp[] = [];
  for (let at = 0; tiepoints && at + 5 < tiepoints.length; at += 6) {
    const [col, row, , x, y] = tiepoints.subarray(at, at + 6);
    points.push({ col: col! + shift, row: row! + shift, x: x!, y: y! });
  }
  return points;
}

/** Metres per pixel at the image's centre; null if unknown. */
export function gsdOf(georeference: Georeference, width: number, height: number): { x: number; y: number } | null {
  return georeference.kind === 'none' ? null : gsdOfImage(georeference, width, height);
}
