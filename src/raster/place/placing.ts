import { applyGeotransform, invertGeotransform } from '../../geo/ground/affine.ts';
import { makeToLonLat } from '../../geo/ground/projection.ts';
import type { Geotransform } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';
import { type CrsInfo, NO_CRS } from '../crs/crs-info.ts';
import { crsFromText, givesSameCoordinates } from '../crs/crs-text.ts';
import { localise } from '../crs/localise.ts';
import { type EsriImage, gcpsOfEsri } from '../sidecars/esri-xform.ts';
import { crsFromCoordSys } from '../sidecars/mapinfo-crs.ts';
import type { Sidecars } from '../sidecars/read.ts';
import { describeFit, fitGcps, type Gcp, type GcpFit } from './gcp-fit.ts';

export type ImageFormat = 'TIFF' | 'PNG' | 'JPEG' | 'WebP';

/** What an image itself states about its place, without its sidecars. */
export interface Stated {
  format: ImageFormat;
  transform: Geotransform | null;
  /** Why `transform` is null. */
  reason: string;
  gcps: Gcp[];
  crs: CrsInfo;
  pixelIsPoint: boolean;
  hasRpc: boolean;
  /** Other remarks about it. */
  notes: string[];
}

type Kind = 'aux' | 'file' | 'tab' | 'world' | 'points';

/**
 * Which source of the place wins, best first. Each GDAL driver has its own order (3.6 to 3.10; goldens:
 * e2e/fixtures/pictures/places.json). Sources that GDAL doesn't read for a format come last.
 */
const ORDER: Readonly<Record<ImageFormat, readonly Kind[]>> = {
  TIFF: ['aux', 'file', 'tab', 'world', 'points'],
  PNG: ['world', 'aux', 'points', 'tab'],
  JPEG: ['aux', 'world', 'tab', 'points'],
  WebP: ['aux', 'points', 'world', 'tab'],
};
const UNREAD_BY_GDAL: Readonly<Record<ImageFormat, readonly Kind[]>> = {
  TIFF: [],
  PNG: ['tab'],
  JPEG: [],
  WebP: ['world', 'tab'],
};

/** Two transforms contradict each other if they differ by more than this, in pixels. */
const SAME_PX = 0.1;
/** Tolerance for points that were set by hand. */
const NEAR_PX = 1;
/** GDAL treats a .tab's points as a transform if none is farther off than this. */
const EXACT_TAB_PX = 0.25;

/** One source's statement of where the pixels lie. */
interface Claim {
  kind: Kind;
  /** "a.tfw", "the file’s own tags". */
  name: string;
  /** For "Nadir uses …": "the .aux.xml". */
  short: string;
  /** As shown to the user: "GeoTIFF tags", "12 ground control points, fitted: …". */
  source: string;
  geotransform: Geotransform;
  /** The control points' own CRS; else absent. */
  crs?: CrsInfo;
}

/**
 * Combines what an image and its sidecars state about its place. A contradiction becomes a note that names the source
 * that is used.
 */
export async function placeImage(stated: Stated, image: EsriImage, sidecars: Sidecars): Promise<Georeference> {
  const notes = [...sidecars.notes, ...stated.notes];
  const statements = await crsStatements(stated, sidecars, notes);
  const hasRpc = stated.hasRpc || sidecars.hasRpc;
  const placed = await choosePlace(stated, image, sidecars, statements, notes);
  if (typeof placed === 'string') {
    const reason = hasRpc
      ? 'The file gives a camera model (RPC) but no transform. A camera model needs a terrain model to place pixels: orthorectify the image first, gdalwarp -rpc input.tif output.tif'
      : placed;
    const crs = chooseCrs(statements, null, notes);
    if (crs.crs) notes.push(`The CRS is stated (${crs.crs}), but nothing says where the pixels lie in it.`);
    return { kind: 'none', reason, ...(notes.length > 0 ? { notes } : {}) };
  }
  if (hasRpc) notes.push('Nadir uses the file’s transform and ignores its camera model (RPC).');
  // A .tab's CRS belongs to its points: it is used if the points place the image, or agree with what does.
  const tabFit = tabFitOf(sidecars);
  const agrees = tabFit !== null && largestShiftPx(placed.geotransform, tabFit.geotransform, image) < NEAR_PX;
  const tab = placed.kind === 'tab' ? 'first' : agrees ? 'late' : null;
  const crs = placed.crs ?? chooseCrs(statements, tab, notes);
  const [x, y] = applyGeotransform(placed.geotransform, image.width / 2, image.height / 2);
  const { notes: crsNotes, shiftBase: _, ...crsFields } = await localise(crs, x, y);
  const all = [...notes, ...crsNotes];
  const centre = makeToLonLat(crsFields.proj4)?.(x, y);
  if (centre && !centre.every(Number.isFinite)) {
    all.push('The middle of the image lies outside what its CRS can place on Earth: check the CRS and the transform.');
  }
  return {
    kind: 'affine',
    geotransform: placed.geotransform,
    ...crsFields,
    pixelIsPoint: stated.pixelIsPoint,
    source: placed.source,
    ...(all.length > 0 ? { notes: all } : {}),
  };
}

/** The statement that is used, or the reason why there is none. */
async function choosePlace(
  stated: Stated,
  image: EsriImage,
  sidecars: Sidecars,
  statements: readonly CrsStatement[],
  notes: string[],
): Promise<Claim | string> {
  const { format } = stated;
  const points = await fittedPoints(stated, image, sidecars, statements);
  const claims = [...transformsOf(stated, sidecars), ...points.filter((fit) => typeof fit !== 'string')];
  const ranked = ORDER[format].flatMap((kind) => claims.filter((claim) => claim.kind === kind));
  const failures = points.filter((fit) => typeof fit === 'string');
  const refused = refusedXform(stated, image, sidecars);
  const [winner, ...others] = ranked;
  const { worldFile } = sidecars;
  if (winner) {
    for (const other of others) noteContradiction(format, winner, other, image, notes);
    for (const reason of failures) notes.push(`${reason} Nadir uses ${winner.short}.`);
    if (refused) notes.push(`${refused.what} Nadir uses ${winner.short}.`);
    if (UNREAD_BY_GDAL[format].includes(winner.kind)) {
      notes.push(`GDAL and QGIS don’t read ${winner.name} beside a ${format} picture; Nadir does.`);
    }
    return winner;
  }
  if (refused) {
    const near = worldFile ? ` ${worldFile.name} gives only an affine near it.` : '';
    return `${refused.what}${near} ${refused.remedy}`;
  }
  if (failures[0]) return failures[0];
  if (!worldFile) return stated.reason;
  notes.push(
    `ArcGIS writes a file named like ${worldFile.name} if six numbers only approximate the true transformation: the place is approximate.`,
  );
  const { name, geotransform } = worldFile;
  return { kind: 'world', name, short: name, source: name, geotransform };
}

function transformsOf(stated: Stated, sidecars: Sidecars): Claim[] {
  const { pam, tab, worldFile } = sidecars;
  const claims: Claim[] = [];
  const add = (kind: Kind, geotransform: Geotransform | null | undefined, name = '', short = name, source = name) => {
    if (geotransform) claims.push({ kind, name, short, source, geotransform });
  };
  add('aux', pam?.content.geotransform, pam?.name, 'the .aux.xml', pam?.name);
  const xform = pam?.content.xform?.place;
  const ofXform = [`the GeodataXform of ${pam?.name}`, 'the .aux.xml', `${pam?.name} (ArcGIS GeodataXform)`];
  add('aux', xform?.kind === 'affine' ? xform.geotransform : null, ...ofXform);
  add('file', stated.transform, 'the file’s own tags', 'the file’s tags', 'GeoTIFF tags');
  const tabFit = tabFitOf(sidecars);
  add('tab', tabFit && tabFit.worstPx <= EXACT_TAB_PX ? tabFit.geotransform : null, tab?.name);
  add('world', worldFile?.isApproximate ? null : worldFile?.geotransform, worldFile?.name);
  return claims;
}

/** Fits of control points in GDAL's order: from .aux.xml, the file, a .tab. A string says why a set gives no place. */
async function fittedPoints(
  stated: Stated,
  image: EsriImage,
  sidecars: Sidecars,
  statements: readonly CrsStatement[],
): Promise<(Claim | string)[]> {
  const { pam, tab } = sidecars;
  const fits: (Claim | string)[] = [];
  const add = (gcps: readonly Gcp[], name: string, suffix: string, own: CrsInfo | null) => {
    const fit = fitGcps(gcps, (own ?? chooseCrs(statements, null, [])).units === 'degree');
    if (typeof fit === 'string') return fits.push(fit);
    const { geotransform } = fit;
    const source = `${describeFit(fit)}${suffix}`;
    fits.push({
      kind: 'points',
      name: `the ${gcps.length} ground control points of ${name}`,
      short: `the control points of ${name}`,
      source,
      geotransform,
      ...(own ? { crs: own } : {}),
    });
  };
  const xform = pam?.content.xform;
  if (pam && pam.content.gcps.length > 0) {
    const { gcps, gcpSrs } = pam.content;
    add(gcps, pam.name, ` (${pam.name})`, gcpSrs ? await crsFromText(gcpSrs) : null);
  } else if (pam && xform?.place.kind === 'points') {
    const gcps = gcpsOfEsri(xform.place.points, image, stated.format === 'TIFF');
    const own = xform.srs ? await crsFromText(xform.srs) : null;
    if (gcps) add(gcps, pam.name, ` (${pam.name}, ArcGIS GeodataXform)`, own);
  }
  // A single tiepoint without a scale places only one pixel.
  if (stated.gcps.length > 0) add(stated.gcps, 'the file', '', null);
  const tabFit = tabFitOf(sidecars);
  if (tab && !(tabFit && tabFit.worstPx <= EXACT_TAB_PX)) {
    const own = statements.find(({ kind }) => kind === 'tab')?.crs ?? null;
    add(tab.content.points, tab.name, ` (${tab.name})`, own);
  }
  return fits;
}

function tabFitOf({ tab }: Sidecars): GcpFit | null {
  const fit = tab ? fitGcps(tab.content.points, false) : null;
  return typeof fit === 'string' ? null : fit;
}

/** A transformation of ArcGIS that Nadir can't apply, as sentences; null if there is none. */
function refusedXform(stated: Stated, image: EsriImage, { pam }: Sidecars): { what: string; remedy: string } | null {
  const place = pam?.content.xform?.place;
  if (place?.kind === 'refused') {
    return {
      what: `${pam?.name} places the image with ${place.what} (ArcGIS GeodataXform), which Nadir can’t apply.`,
      remedy: place.remedy,
    };
  }
  if (place?.kind !== 'points' || gcpsOfEsri(place.points, image, stated.format === 'TIFF')) return null;
  return {
    what: `${pam?.name} gives ArcGIS control points without a known unit in the image.`,
    remedy: 'Export the image from ArcGIS as a georeferenced TIFF.',
  };
}

function noteContradiction(format: ImageFormat, winner: Claim, other: Claim, image: EsriImage, notes: string[]): void {
  const tolerance = winner.kind === 'points' || other.kind === 'points' ? NEAR_PX : SAME_PX;
  if (largestShiftPx(winner.geotransform, other.geotransform, image) < tolerance) return;
  // GDAL versions differ for a TIFF with control points in its .aux.xml: 3.6 reports only those, 3.10 the transform.
  const differs = format === 'TIFF' && other.kind === 'points';
  const asInGdal = differs || UNREAD_BY_GDAL[format].includes(winner.kind) ? '' : ', as GDAL does';
  notes.push(
    `${sentence(other.name)} and ${winner.name} give different places; Nadir uses ${winner.short}${asInGdal}.`,
  );
}

const sentence = (name: string) => name.replace(/^the /, 'The ');

/** The largest distance between the image's corners under two transforms, in pixels of the first. */
function largestShiftPx(a: Geotransform, b: Geotransform, { width, height }: EsriImage): number {
  const toPixel = invertGeotransform(a);
  const corners = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ] as const;
  return corners.reduce((worst, [col, row]) => {
    const [otherCol, otherRow] = applyGeotransform(toPixel, ...applyGeotransform(b, col, row));
    return Math.max(worst, Math.hypot(otherCol - col, otherRow - row));
  }, 0);
}

/** One source's statement of the CRS. */
interface CrsStatement {
  kind: 'aux' | 'file' | 'points' | 'tab' | 'prj';
  name: string;
  short: string;
  crs: CrsInfo;
}

async function crsStatements(stated: Stated, sidecars: Sidecars, notes: string[]): Promise<CrsStatement[]> {
  const { pam, tab, projection } = sidecars;
  const found: CrsStatement[] = [];
  const addText = async (kind: CrsStatement['kind'], text: string | null | undefined, name = '', short = name) => {
    if (!text) return;
    const crs = await crsFromText(text);
    if (crs) found.push({ kind, name, short, crs });
    else notes.push(`The CRS in ${name} isn’t valid well-known text; it was ignored.`);
  };
  // GDAL 3.10 reads ArcGIS's CRS after its own and keeps it. If it uses ArcGIS's points, the CRS applies to them only.
  const ofPoints = pam?.content.xform?.place.kind === 'points' && !pam.content.geotransform;
  const xformName = `the GeodataXform of ${pam?.name}`;
  await addText(ofPoints ? 'points' : 'aux', pam?.content.xform?.srs, xformName, 'ArcGIS’s');
  await addText('aux', pam?.content.srs, pam?.name, 'the .aux.xml');
  found.push({ kind: 'file', name: 'the file’s own tags', short: 'the file’s tags', crs: stated.crs });
  const coordSys = tab?.content.coordSys;
  if (tab && coordSys)
    found.push({ kind: 'tab', name: tab.name, short: tab.name, crs: await crsFromCoordSys(coordSys) });
  await addText('prj', projection?.wkt, projection?.name);
  return found;
}

/**
 * The CRS that is used. As in GDAL: the one of .aux.xml, of a .tab that places the image, of the file. Then those that
 * GDAL ignores: of ArcGIS's points, of a .tab that agrees with the place, of a .prj. `tab`: the rank of a .tab's CRS;
 * null if it isn't used.
 */
function chooseCrs(statements: readonly CrsStatement[], tab: 'first' | 'late' | null, notes: string[]): CrsInfo {
  const of = (kind: CrsStatement['kind']) => statements.filter((statement) => statement.kind === kind);
  const ranked = [
    ...of('aux'),
    ...(tab === 'first' ? of('tab') : []),
    ...of('file'),
    ...of('points'),
    ...(tab === 'late' ? of('tab') : []),
    ...of('prj'),
  ];
  const unread = ranked.filter(({ kind, crs }) => kind === 'tab' && !crs.crs);
  const [winner, ...others] = ranked.filter(({ crs }) => crs.crs !== null);
  if (!winner || tab === 'first') for (const { crs } of unread) notes.push(...crs.notes);
  if (!winner) return statements.find(({ kind }) => kind === 'file')?.crs ?? NO_CRS;
  for (const { kind, name, crs } of others) {
    if (crs.crs === winner.crs.crs || givesSameCoordinates(winner.crs.proj4, crs.proj4)) continue;
    const asInGdal = kind === 'prj' || kind === 'points' ? '' : ', as GDAL does';
    notes.push(
      `${sentence(name)} (${crs.crs}) and ${winner.name} (${winner.crs.crs}) give different CRSs; Nadir uses ${winner.short}${asInGdal}.`,
    );
  }
  return winner.crs;
}
