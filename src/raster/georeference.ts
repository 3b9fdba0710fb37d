import {
  applyGeotransform,
  fromMatrix,
  fromPixelIsPoint,
  fromScaleAndTiepoint,
  isUsableGeotransform,
} from '../geo/affine.ts';
import { gsdOfImage } from '../geo/gsd.ts';
import type { Geotransform } from '../geo/types.ts';
import type { Georeference } from '../workers/raster/api.ts';
import { type CrsInfo, NO_CRS } from './crs/crs-info.ts';
import { crsFromText } from './crs/crs-text.ts';
import { type GeoKeys, readGeoKeys } from './crs/geo-keys.ts';
import { localise } from './crs/localise.ts';
import { readCrs } from './crs/read-crs.ts';
import { describeFit, fitGcps, type Gcp } from './gcp/fit.ts';
import { NO_SIDECARS, type Sidecars } from './sidecars/read.ts';
import { type Directory, numbersOf, type TiffFile } from './tiff/directory.ts';
import { TAG } from './tiff/tags.ts';

const PIXEL_IS_POINT = 2;
const RPC_COEFFICIENTS = 50844;
/** Far more than any camera model or annotation tool writes. */
const MAX_GCPS = 100_000;

/** In pixels. */
interface Size {
  width: number;
  height: number;
}

/** What a file itself says of its place, before its sidecars are asked. */
interface Stated {
  transform: Geotransform | null;
  /** Why `transform` is null. */
  reason: string;
  gcps: Gcp[];
  crs: CrsInfo;
  pixelIsPoint: boolean;
  hasRpc: boolean;
  what: string;
}

/**
 * Where a TIFF and the files beside it say its pixels lie. Never guessed: what can't be placed is `none`, with the reason.
 * Where they contradict each other GDAL's order counts, and a note says so: the transform of .aux.xml, of the file, of a world
 * file, then control points; the CRS of .aux.xml, of the file, of a .prj (which GDAL leaves aside for TIFF).
 */
export async function readGeoreference(
  file: TiffFile,
  directory: Directory,
  size: Size,
  sidecars: Sidecars = NO_SIDECARS,
): Promise<Georeference> {
  const keys = await readGeoKeys(file, directory);
  const pixelIsPoint = keys?.number('GTRasterTypeGeoKey') === PIXEL_IS_POINT;
  return combine(await statedBy(file, directory, keys, pixelIsPoint), size, sidecars);
}

/** The place of a PNG, JPEG or WebP, which only files beside it can give. */
export async function placePicture(
  format: string,
  size: Size,
  sidecars: Sidecars = NO_SIDECARS,
): Promise<Georeference> {
  const reason = `A ${format} picture carries no georeferencing, and no world file or .aux.xml came with it.`;
  const what = `the ${format} file`;
  return combine(
    { transform: null, reason, gcps: [], crs: NO_CRS, pixelIsPoint: false, hasRpc: false, what },
    size,
    sidecars,
  );
}

async function statedBy(
  file: TiffFile,
  directory: Directory,
  keys: GeoKeys | null,
  pixelIsPoint: boolean,
): Promise<Stated> {
  const matrix = await numbersOf(file, directory, TAG.modelTransformation, 16);
  const scale = await numbersOf(file, directory, TAG.modelPixelScale, 3);
  const tiepoints = await numbersOf(file, directory, TAG.modelTiepoint, MAX_GCPS * 6);
  const stored = affineOf(matrix, scale, tiepoints);
  const usable = stored !== null && isUsableGeotransform(stored);
  return {
    transform: usable ? (pixelIsPoint ? fromPixelIsPoint(stored) : stored) : null,
    reason: stored
      ? 'The file’s georeferencing is damaged: its pixels would have no area on the ground.'
      : 'The file has no georeferencing.',
    gcps: stored ? [] : controlPoints(tiepoints, pixelIsPoint),
    crs: keys ? await readCrs(keys) : NO_CRS,
    pixelIsPoint,
    hasRpc: directory.entries.has(RPC_COEFFICIENTS),
    what: 'the file’s own tags',
  };
}

/** The geotransform as stored, or null. */
function affineOf(
  matrix: Float64Array | null,
  scale: Float64Array | null,
  tiepoints: Float64Array | null,
): Geotransform | null {
  if (scale && scale.length >= 2 && tiepoints && tiepoints.length >= 6 && scale[0] !== 0 && scale[1] !== 0) {
    // GDAL reads a negative Y scale as a north-up file written by mistake, against the letter of GeoTIFF. People see
    // their files through GDAL, so the same here; a file that is truly south-up says so with a matrix.
    return fromScaleAndTiepoint([scale[0]!, Math.abs(scale[1]!)], [...tiepoints.subarray(0, 6)]);
  }
  return matrix && matrix.length >= 8 ? fromMatrix([...matrix]) : null;
}

/** Tiepoints without a scale are ground control points. PixelIsPoint counts their pixels from the first centre. */
function controlPoints(tiepoints: Float64Array | null, pixelIsPoint: boolean): Gcp[] {
  const shift = pixelIsPoint ? 0.5 : 0;
  const points: Gcp[] = [];
  for (let at = 0; tiepoints && at + 5 < tiepoints.length; at += 6) {
    const [col, row, , x, y] = tiepoints.subarray(at, at + 6);
    points.push({ col: col! + shift, row: row! + shift, x: x!, y: y! });
  }
  return points;
}

async function combine(stated: Stated, size: Size, sidecars: Sidecars): Promise<Georeference> {
  const notes = [...sidecars.notes];
  const pam = sidecars.pam?.content ?? null;
  const crs = await chooseCrs(stated, sidecars, notes);
  const hasRpc = stated.hasRpc || sidecars.hasRpc;
  const placed = await chooseTransform(stated, sidecars, crs, notes);
  if (typeof placed === 'string') {
    const reason = hasRpc
      ? 'The file gives a camera model (RPC) and no transform. A camera model needs a terrain model to place pixels: orthorectify the image first, gdalwarp -rpc input.tif output.tif'
      : placed;
    if (crs.crs) notes.push(`The CRS is stated (${crs.crs}), but nothing says where the pixels lie in it.`);
    return { kind: 'none', reason, ...(notes.length > 0 ? { notes } : {}) };
  }
  if (hasRpc) notes.push('The file’s camera model (RPC) is not used; its transform counts.');
  if (pam && pam.gcps.length > 0 && !placed.source.includes('control point')) {
    notes.push(
      `The ${pam.gcps.length} ground control points of ${sidecars.pam?.name} are not used: a transform counts more.`,
    );
  }
  const [x, y] = applyGeotransform(placed.geotransform, size.width / 2, size.height / 2);
  const { notes: crsNotes, shiftBase: _, ...crsFields } = await localise(placed.crs ?? crs, x, y);
  const all = [...notes, ...crsNotes];
  return {
    kind: 'affine',
    geotransform: placed.geotransform,
    ...crsFields,
    pixelIsPoint: stated.pixelIsPoint,
    source: placed.source,
    ...(all.length > 0 ? { notes: all } : {}),
  };
}

interface Placed {
  geotransform: Geotransform;
  source: string;
  /** Where control points come in a CRS of their own. */
  crs?: CrsInfo;
}

async function chooseTransform(
  stated: Stated,
  sidecars: Sidecars,
  crs: CrsInfo,
  notes: string[],
): Promise<Placed | string> {
  const { pam, worldFile } = sidecars;
  const pamTransform = pam?.content.geotransform;
  if (pam && pamTransform) {
    if (stated.transform && differs(pamTransform, stated.transform)) {
      notes.push(`${pam.name} gives another place than ${stated.what}; as in GDAL, the .aux.xml counts.`);
    }
    if (worldFile && differs(pamTransform, worldFile.geotransform)) {
      notes.push(`${worldFile.name} gives another place than ${pam.name}; as in GDAL, the .aux.xml counts.`);
    }
    return { geotransform: pamTransform, source: pam.name };
  }
  if (stated.transform) {
    if (worldFile && differs(worldFile.geotransform, stated.transform)) {
      notes.push(`${worldFile.name} gives another place than ${stated.what}; as in GDAL, the file counts.`);
    }
    return { geotransform: stated.transform, source: 'GeoTIFF tags' };
  }
  if (worldFile) {
    if (stated.gcps.length > 0) {
      notes.push(
        `The file’s ${stated.gcps.length} ground control points are not used; as in GDAL, ${worldFile.name} counts.`,
      );
    }
    return { geotransform: worldFile.geotransform, source: worldFile.name };
  }
  if (pam && pam.content.gcps.length > 0) {
    const own = pam.content.gcpSrs ? await crsFromText(pam.content.gcpSrs) : null;
    return fitted(pam.content.gcps, own ?? crs, ` (${pam.name})`);
  }
  // A single tiepoint without a scale places one pixel and says nothing of the others.
  return stated.gcps.length > 0 ? fitted(stated.gcps, crs, '') : stated.reason;
}

function fitted(gcps: readonly Gcp[], crs: CrsInfo, from: string): Placed | string {
  const fit = fitGcps(gcps, crs.units === 'degree');
  return typeof fit === 'string' ? fit : { geotransform: fit.geotransform, source: `${describeFit(fit)}${from}`, crs };
}

async function chooseCrs(stated: Stated, sidecars: Sidecars, notes: string[]): Promise<CrsInfo> {
  const fromPam = await readWkt(sidecars.pam?.content.srs ?? null, sidecars.pam?.name, notes);
  const fromPrj = await readWkt(sidecars.projection?.wkt ?? null, sidecars.projection?.name, notes);
  const own = stated.crs.crs ? stated.crs : null;
  const chosen = fromPam ?? own ?? fromPrj ?? stated.crs;
  if (fromPam && own && fromPam.proj4 !== own.proj4) {
    notes.push(
      `${sidecars.pam?.name} names another CRS (${fromPam.crs}) than ${stated.what} (${own.crs}); as in GDAL, the .aux.xml counts.`,
    );
  }
  const better = fromPam ?? own;
  if (better && fromPrj && fromPrj.crs !== better.crs && fromPrj.proj4 !== better.proj4) {
    notes.push(
      `${sidecars.projection?.name} names another CRS (${fromPrj.crs}) than the image (${better.crs}); the image’s counts.`,
    );
  }
  return chosen;
}

async function readWkt(wkt: string | null, name: string | undefined, notes: string[]): Promise<CrsInfo | null> {
  if (!wkt) return null;
  const crs = await crsFromText(wkt);
  if (!crs) notes.push(`The CRS in ${name} isn’t well-known text that can be read; it was left aside.`);
  return crs;
}

/** Whether two transforms place any pixel of the first thousand more than a hundredth of a pixel apart. */
function differs(a: Geotransform, b: Geotransform): boolean {
  const pixel = Math.max(Math.hypot(a[1], a[4]), Math.hypot(a[2], a[5]));
  return a.some((value, i) => Math.abs(value - b[i]!) * (i % 3 === 0 ? 1 : 1000) > pixel / 100);
}

/** Metres a pixel at the image's centre, or null where that can't be said. */
export function gsdOf(georeference: Georeference, width: number, height: number): { x: number; y: number } | null {
  return georeference.kind === 'none' ? null : gsdOfImage(georeference, width, height);
}
