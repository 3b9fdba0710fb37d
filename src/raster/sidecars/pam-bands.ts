import type { BandMeasure } from '../open/gdal-metadata.ts';
import type { Sidecars } from './read.ts';

/** What an .aux.xml states about an image's bands. As in GDAL it overrides the file. Empty without an .aux.xml. */
export interface PamBandFacts {
  /** By 0-based band, as stated. */
  nodata: ReadonlyMap<number, string>;
  descriptions: ReadonlyMap<number, string>;
  colourInterpretations: ReadonlyMap<number, string>;
  measures: ReadonlyMap<number, BandMeasure>;
}

export function pamBandFacts(sidecars: Sidecars | undefined): PamBandFacts {
  const bands = sidecars?.pam?.content.bands ?? [];
  const pick = (key: 'nodata' | 'description' | 'colourInterpretation') =>
    new Map(bands.flatMap((band) => (band[key] ? [[band.index, band[key]] as const] : [])));
  return {
    nodata: pick('nodata'),
    descriptions: pick('description'),
    colourInterpretations: pick('colourInterpretation'),
    measures: new Map(bands.map((band) => [band.index, band.measure])),
  };
}
