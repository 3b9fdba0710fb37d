import type { Sidecars } from './read.ts';

/** What an .aux.xml says of an image's bands; as in GDAL it counts more than the file. Null, and empty, without one. */
export interface PamBandFacts {
  nodata: string | null;
  descriptions: ReadonlyMap<number, string>;
  colourInterpretations: ReadonlyMap<number, string>;
}

/** Bands of different nodata values get the first one's, and a note says so. */
export function pamBandFacts(sidecars: Sidecars | undefined): PamBandFacts {
  const bands = sidecars?.pam?.content.bands ?? [];
  const values = [...new Set(bands.flatMap(({ nodata }) => nodata ?? []))];
  if (values.length > 1) {
    sidecars?.notes.push(
      `${sidecars.pam?.name} gives the bands different nodata values (${values.join(', ')}); ${values[0]} is used for all.`,
    );
  }
  const pick = (key: 'description' | 'colourInterpretation') =>
    new Map(bands.flatMap((band) => (band[key] ? [[band.index, band[key]] as const] : [])));
  return {
    nodata: values[0] ?? null,
    descriptions: pick('description'),
    colourInterpretations: pick('colourInterpretation'),
  };
}
