import type { Geotransform } from '../geo/types.ts';

/** Where an image lies on the ground. */

/** Where the pixels lie on the ground. For `none` the page states the reason; nothing is guessed. */
export type Georeference =
  | { kind: 'none'; reason: string; notes?: string[] }
  | {
      kind: 'affine';
      /** For PixelIsArea corners, whatever the file's own raster type. */
      geotransform: Geotransform;
      /** "EPSG:32611", a name for a user-defined CRS, or null if the file gives coordinates without a CRS. */
      crs: string | null;
      crsName: string | null;
      /** proj4 definition for CRS → WGS 84; null if there is none. */
      proj4: string | null;
      units: 'metre' | 'degree' | 'foot' | 'us-foot' | 'unknown';
      pixelIsPoint: boolean;
      /**
       * Where the transform comes from, for the user: "GeoTIFF tags", "scene.tfw", "12 ground control points, fitted:
       * …".
       */
      source?: string;
      /** What was ignored, is contradictory or is only approximate, as sentences for the user. */
      notes?: string[];
      /** Set if the user chose the CRS: the CRS that the image itself states. */
      chosenOver?: CrsChoice;
    };

/** A CRS that a user may choose. */
export interface CrsChoice {
  /** "EPSG:32611", or "user-defined" for a pasted definition. */
  crs: string | null;
  crsName: string | null;
  proj4: string | null;
  units: Extract<Georeference, { kind: 'affine' }>['units'];
  /** What is ignored or only approximate, as sentences. */
  notes: string[];
}

/** One of the CRS that the app knows by EPSG code. */
export interface CrsHit {
  code: number;
  name: string;
  geographic: boolean;
  /** False if only its name is known: coordinates are shown, but not longitude and latitude. */
  hasLonLat: boolean;
}
