import { isUsableGeotransform } from '../../geo/ground/affine.ts';
import type { Geotransform } from '../../geo/types.ts';
import type { BandMeasure } from '../open/gdal-metadata.ts';
import type { Gcp } from '../place/gcp-fit.ts';
import { type EsriXform, readEsriXform } from './esri-xform.ts';
import { childOf, childrenOf, parseXml, type XmlElement } from './xml.ts';

/** The content of GDAL's persistent auxiliary metadata (.aux.xml); null or empty if it isn't stated. */
export interface Pam {
  geotransform: Geotransform | null;
  /** WKT of the image's CRS. */
  srs: string | null;
  gcps: Gcp[];
  gcpSrs: string | null;
  /** ArcGIS's own elements for the place. */
  xform: EsriXform | null;
  hasRpc: boolean;
  bands: PamBand[];
}

export interface PamBand {
  /** 0-based. */
  index: number;
  nodata: string | null;
  description: string | null;
  /** "Red", "NIR" … */
  colourInterpretation: string | null;
  measure: BandMeasure;
  /** In sample values. ArcGIS and GDAL compute them, exactly or from a sample. */
  statistics: { min: number; max: number; mean: number; stdDev: number } | null;
}

/** Null if the file is neither PAM XML nor ArcGIS's GeodataXform. */
export function parsePam(text: string): Pam | null {
  const root = parseXml(text.replace(/^\uFEFF/, ''));
  if (root?.name !== 'PAMDataset' && root?.name !== 'GeodataXform') return null;
  const gcpList = childOf(root, 'GCPList');
  return {
    geotransform: readTransform(childOf(root, 'GeoTransform')),
    srs: childOf(root, 'SRS')?.text || null,
    gcps: childrenOf(gcpList, 'GCP').map(readGcp),
    gcpSrs: gcpList?.attributes.get('Projection') || childOf(gcpList, 'SRS')?.text || null,
    xform: readEsriXform(root),
    hasRpc: childrenOf(root, 'Metadata').some((metadata) => metadata.attributes.get('domain') === 'RPC'),
    bands: childrenOf(root, 'PAMRasterBand').flatMap((element) => readBand(element) ?? []),
  };
}

function readTransform(element: XmlElement | null): Geotransform | null {
  const numbers = element?.text.split(',').map((part) => Number(part.trim())) ?? [];
  const [x, xPerCol, xPerRow, y, yPerCol, yPerRow] = numbers;
  if (numbers.length !== 6) return null;
  const geotransform: Geotransform = [x!, xPerCol!, xPerRow!, y!, yPerCol!, yPerRow!];
  return isUsableGeotransform(geotransform) ? geotransform : null;
}

/** GDAL's GCP pixels are corner-based, like ours. */
function readGcp(element: XmlElement): Gcp {
  const number = (name: string) => Number(element.attributes.get(name) ?? Number.NaN);
  return { col: number('Pixel'), row: number('Line'), x: number('X'), y: number('Y') };
}

function measureOf(element: XmlElement): BandMeasure {
  const number = (name: string) => Number(childOf(element, name)?.text || Number.NaN);
  const [unit, scale, offset] = [childOf(element, 'UnitType')?.text, number('Scale'), number('Offset')];
  return {
    ...(unit && { unit }),
    ...(Number.isFinite(scale) && { scale }),
    ...(Number.isFinite(offset) && { offset }),
  };
}

/** Null for a band without a number, which GDAL skips, too. */
function readBand(element: XmlElement): PamBand | null {
  const number = Number.parseInt(element.attributes.get('band') ?? '', 10);
  if (!(number >= 1)) return null;
  const items = childrenOf(element, 'Metadata').flatMap((metadata) => childrenOf(metadata, 'MDI'));
  const statistic = (name: string) =>
    Number(items.find((item) => item.attributes.get('key') === `STATISTICS_${name}`)?.text ?? Number.NaN);
  const [min, max] = [statistic('MINIMUM'), statistic('MAXIMUM')];
  const [mean, stdDev] = [statistic('MEAN'), statistic('STDDEV')];
  return {
    index: number - 1,
    nodata: childOf(element, 'NoDataValue')?.text || null,
    description: childOf(element, 'Description')?.text || null,
    colourInterpretation: childOf(element, 'ColorInterp')?.text || null,
    measure: measureOf(element),
    statistics: [min, max, mean, stdDev].every(Number.isFinite) ? { min, max, mean, stdDev } : null,
  };
}
