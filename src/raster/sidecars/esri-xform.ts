import { isUsableGeotransform } from '../../geo/ground/affine.ts';
import type { Geotransform } from '../../geo/types.ts';
import { type Gcp, MIN_POINTS } from '../place/gcp-fit.ts';
import { childOf, childrenOf, parseXml, type XmlElement } from './xml.ts';

/** What ArcGIS's GeodataXform in an .aux.xml states about an image's place. */
export interface EsriXform {
  place: EsriPlace;
  /** WKT or "EPSG:n"; null if none is stated. */
  srs: string | null;
}

export type EsriPlace =
  | { kind: 'affine'; geotransform: Geotransform }
  | { kind: 'points'; points: EsriPoint[] }
  /** An IdentityXform: gives the CRS of a place that is stated elsewhere. */
  | { kind: 'none' }
  /** `what`: for a message, e.g. "a polynomial of order 2". */
  | { kind: 'refused'; what: string; remedy: string };

/** A control point: its position in ArcGIS's image space (y up, in pixels, or in inches for a TIFF) and in the CRS. */
export interface EsriPoint {
  sourceX: number;
  sourceY: number;
  x: number;
  y: number;
}

/** The facts about an image that its control points depend on. */
export interface EsriImage {
  width: number;
  height: number;
  /** Set for a TIFF that states its resolution; else null. */
  pixelsPerInch: { x: number; y: number } | null;
}

const RECTIFY =
  'Rectify it in ArcGIS (Warp or Export Raster), or warp it by its control points: gdalwarp -tps input output.tif';

/** The GeodataXform in an .aux.xml's root; null if there is none. ArcGIS 9 wrote it as the root itself, or as text. */
export function readEsriXform(root: XmlElement): EsriXform | null {
  if (root.name === 'GeodataXform') return readXform(root);
  for (const metadata of childrenOf(root, 'Metadata')) {
    if (metadata.attributes.get('domain') !== 'xml:ESRI') continue;
    const element = childOf(metadata, 'GeodataXform') ?? parseXml(metadata.text);
    if (element?.name === 'GeodataXform') return readXform(element);
  }
  return null;
}

function readXform(element: XmlElement): EsriXform {
  const parts = element.children.filter(({ name }) => /^XF_\d+$/.test(name)).map(readXform);
  const srs = readSrs(element) ?? parts.findLast((part) => part.srs)?.srs ?? null;
  if (parts.length > 0) return { place: compose(parts), srs };
  return { place: readPlace(element), srs };
}

/** A composite in which all members but one are identities equals that member. */
function compose(parts: readonly EsriXform[]): EsriPlace {
  const [first, ...rest] = parts.map(({ place }) => place).filter(({ kind }) => kind !== 'none');
  if (!first) return { kind: 'none' };
  return rest.length === 0
    ? first
    : { kind: 'refused', what: `${rest.length + 1} transformations one after the other`, remedy: RECTIFY };
}

function readPlace(element: XmlElement): EsriPlace {
  const type = typeOf(element);
  if (type === 'IdentityXform') return { kind: 'none' };
  const order = Number(childOf(element, 'PolynomialOrder')?.text || 1);
  if (type !== 'PolynomialXform') return { kind: 'refused', what: `a ${type}`, remedy: RECTIFY };
  if (order !== 1) return { kind: 'refused', what: `a polynomial of order ${order}`, remedy: warpBy(order) };
  const points = readPoints(element);
  // As in GDAL, points are preferred to coefficients.
  if (points.length >= MIN_POINTS) return { kind: 'points', points };
  return (
    readCoefficients(element) ?? {
      kind: 'refused',
      what: 'a polynomial without coefficients or control points',
      remedy: RECTIFY,
    }
  );
}

const warpBy = (order: number) =>
  order === 2 || order === 3
    ? `Rectify it in ArcGIS (Warp or Export Raster), or warp it by its control points: gdalwarp -order ${order} input output.tif`
    : RECTIFY;

/** E.g. "PolynomialXform", with any namespace prefix. */
function typeOf(element: XmlElement): string {
  const [, type = ''] = [...element.attributes].find(([name]) => /(^|:)type$/.test(name)) ?? [];
  return type.replace(/^.*:/, '') || 'GeodataXform';
}

function readSrs(element: XmlElement): string | null {
  const reference = childOf(element, 'SpatialReference');
  const wkt = childOf(reference, 'WKT')?.text;
  if (wkt) return wkt;
  const code = childOf(reference, 'LatestWKID')?.text || childOf(reference, 'WKID')?.text;
  return code ? `EPSG:${code}` : null;
}

function readPoints(element: XmlElement): EsriPoint[] {
  const source = doublesOf(element, 'SourceGCPs');
  const target = doublesOf(element, 'TargetGCPs');
  if (source.length !== target.length || source.length % 2 !== 0) return [];
  return Array.from({ length: source.length / 2 }, (_, i) => ({
    sourceX: source[2 * i]!,
    sourceY: source[2 * i + 1]!,
    x: target[2 * i]!,
    y: target[2 * i + 1]!,
  }));
}

/**
 * x = a₀ + a₁·col + a₂·(−row), and y likewise. As in GDAL since 3.7, (0, 0) is the first pixel's centre: ArcGIS writes
 * a world file's numbers with the opposite sign for rows (OSGeo/gdal#7864).
 */
function readCoefficients(element: XmlElement): EsriPlace | null {
  const [a0, a1, a2, ...moreX] = doublesOf(element, 'CoeffX');
  const [b0, b1, b2, ...moreY] = doublesOf(element, 'CoeffY');
  if (a2 === undefined || b2 === undefined || moreX.length + moreY.length > 0) return null;
  const [xPerCol, xPerRow, yPerCol, yPerRow] = [a1!, -a2, b1!, -b2];
  const geotransform: Geotransform = [
    a0! - (xPerCol + xPerRow) / 2,
    xPerCol,
    xPerRow,
    b0! - (yPerCol + yPerRow) / 2,
    yPerCol,
    yPerRow,
  ];
  return isUsableGeotransform(geotransform) ? { kind: 'affine', geotransform } : null;
}

const doublesOf = (element: XmlElement, name: string): number[] =>
  childrenOf(childOf(element, name), 'Double').map(({ text }) => (text === '' ? Number.NaN : Number(text)));

/**
 * ArcGIS's control points in pixels; null if their unit is unknown. As in GDAL: y points down if any y is positive,
 * else up from the first row; in a TIFF that states its resolution, positions are inches from the lower left. GDAL
 * measures them from the first pixel's corner; ArcGIS's coefficients would put them half a pixel farther.
 */
export function gcpsOfEsri(points: readonly EsriPoint[], image: EsriImage, isTiff: boolean): Gcp[] | null {
  const downward = points.some(({ sourceY }) => sourceY > 0);
  const pixels = points.map(({ sourceX, sourceY, x, y }) => ({
    col: sourceX,
    row: downward ? sourceY : 0 - sourceY,
    x,
    y,
  }));
  if (!isTiff) return pixels;
  const { pixelsPerInch: density } = image;
  const inches = density
    ? points.map(({ sourceX, sourceY, x, y }) => ({
        col: sourceX * density.x,
        row: image.height - sourceY * density.y,
        x,
        y,
      }))
    : null;
  const isOnImage = ({ col, row }: Gcp) =>
    col > -image.width && col < 2 * image.width && row > -image.height && row < 2 * image.height;
  if (inches?.every(isOnImage)) return inches;
  return !downward && pixels.every(isOnImage) ? pixels : null;
}
