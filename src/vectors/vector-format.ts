import type { Feature } from 'geojson';

/** A file format of vector layers. */
export interface VectorFormat {
  readonly id: string;
  /** As in "GeoJSON, 12 features". */
  readonly label: string;
  /** File extensions, in lower case and without the dot. Unique among formats. */
  readonly extensions: readonly string[];
  /**
   * The file's features, in WGS 84 degrees, longitude first. A file in another coordinate system is converted or
   * refused. Errors: VECTOR_INVALID, CRS_UNSUPPORTED.
   */
  read(file: File): Promise<Feature[]>;
}
