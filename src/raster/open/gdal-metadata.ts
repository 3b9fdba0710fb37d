import { unescapeXml } from '../sidecars/xml.ts';

/** What a band's samples mean, as far as a file states it. */
export interface BandMeasure {
  unit?: string;
  scale?: number;
  offset?: number;
}

/** The content of GDAL's metadata tag (42112), a small XML of <Item> elements. Bands are 0-based. */
export interface GdalMetadata {
  descriptions: Map<number, string>;
  colourInterpretations: Map<number, string>;
  /** Units, scales and offsets. */
  measures: Map<number, BandMeasure>;
  /** One value per band, separated by spaces: a pixel is nodata if every band has its value. */
  nodataValues: string | null;
  /** Of the image as a whole, by name: without a domain, or of the domain "IMAGERY". */
  items: Map<string, string>;
}

export function readGdalMetadata(xml: string | null): GdalMetadata {
  let nodataValues: string | null = null;
  const descriptions = new Map<number, string>();
  const colourInterpretations = new Map<number, string>();
  const measures = new Map<number, BandMeasure>();
  const items = new Map<string, string>();
  for (const [, attributes = '', content = ''] of xml?.matchAll(/<Item\s([^>]*)>([^<]*)<\/Item>/g) ?? []) {
    const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
    const text = unescapeXml(content).trim();
    const number = attribute('sample');
    const domain = attribute('domain');
    const name = attribute('name');
    if (number === undefined && name !== undefined && (domain === undefined || domain === 'IMAGERY')) {
      if (domain === undefined && name === 'NODATA_VALUES') nodataValues = text;
      else items.set(unescapeXml(name), text);
    }
    const sample = Number.parseInt(number ?? '', 10);
    if (!(sample >= 0)) continue;
    const role = attribute('role');
    if (role === 'description' && text) descriptions.set(sample, text);
    const measure = text ? measureOf(role, text) : null;
    if (measure) measures.set(sample, { ...measures.get(sample), ...measure });
    if (role === 'colorinterp' && text) colourInterpretations.set(sample, text);
  }
  return { descriptions, colourInterpretations, measures, nodataValues, items };
}

function measureOf(role: string | undefined, text: string): BandMeasure | null {
  if (role === 'unittype') return { unit: text };
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  return role === 'scale' ? { scale: value } : role === 'offset' ? { offset: value } : null;
}
