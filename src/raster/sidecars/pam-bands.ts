import type { Sidecars } from './read.ts';

/** What an .aux.xml says of an image's bands; as in GDAL it counts more than the file. Empty without one. */
export interface PamBandFacts {
  /** By 0-based band, as stated. */
  nodata: ReadonlyMap<number, string>;
  descriptions: ReadonlyMap<number, string>;
  colourInterpretations: ReadonlyMap<number, string>;
}

export function pamBandFacts(sidecars: Sidecars | undefined): PamBandFacts {
  const bands = sidecars?.pam?.content.bands ?? [];
  const pick = (key: 'nodata' | 'description' | 'colourInterpretation') =>
    new Map(bands.flatMap((band) => (band[key] ? [[band.index, band[key]] as const] : [])));
  return {
    nodata: pick('nodata'),
    descriptions: pick('description'),
    colourInterpretations: pick('colourInterpretation'),
  };
}
