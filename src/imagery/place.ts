import type { Geotransform } from '../geo/types.ts';

/** Where an image lies on the ground. */

/** Where the pixels lie on the ground. `none` is said in words by the page; nothing is guessed. */
export type Georeference =
  | { kind: 'none'; reason: string; notes?: string[] }
  | {
      kind: 'affine';
      /** PixelIsArea corners, whatever the file's own raster type was. */
      geotransform: Geotransform;
      /** "EPSG:32611", or a name for a user-defined CRS, or null when the file gives coordinates without a CRS. */
      crs: string | null;
      crsName: string | null;
      /** proj4 definition for CRS → WGS 84, or null when it can't be had. */
      proj4: string | null;
      units: 'metre' | 'degree' | 'foot' | 'us-foot' | 'unknown';
      pixelIsPoint: boolean;
      /** Where the transform comes from, in words: "GeoTIFF tags", "scene.tfw", "12 ground control points, fitted: …". */
      source?: string;
      /** What was ignored, contradicts or is only approximate, in sentences for the user. */
      notes?: string[];
      /** Set where the user chose the CRS: what the image itself said. */
      chosenOver?: CrsChoice;
    };

/** A CRS that a user may choose. */
export interface CrsChoice {
  /** "EPSG:32611", or "user-defined" for a pasted definition. */
  crs: string | null;
  crsName: string | null;
  proj4: string | null;
  units: Extract<Georeference, { kind: 'affine' }>['units'];
  /** What is ignored or only approximate, in sentences. */
  notes: string[];
}

/** One of the CRS that the app knows by EPSG code. */
export interface CrsHit {
  code: number;
  name: string;
  geographic: boolean;
  /** False where only its name is known: coordinates are shown, longitude and latitude aren't. */
  hasLonLat: boolean;
}
