import type { Feature } from 'geojson';

/** A file format of vector layers. */
export interface VectorFormat {
  readonly id: string;
  /** As it reads in "GeoJSON, 12 features". */
  readonly label: string;
  /** Endings that a file of it has, in lower case and without the dot. No two formats share one. */
  readonly extensions: readonly string[];
  /**
   * The file's features, coordinates in WGS 84 degrees, longitude first. A file in another coordinate system is converted or refused,
   * never taken as it is. Errors: VECTOR_INVALID, CRS_UNSUPPORTED.
   */
  read(file: File): Promise<Feature[]>;
}
