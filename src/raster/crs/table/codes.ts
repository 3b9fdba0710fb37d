/** Numbers behind EPSG's codes; made by cli/crs-table/codes.py, which says what each holds. */
export interface Codes {
  ellipsoids: Readonly<Record<string, readonly [semiMajorMetres: number, inverseFlattening: number]>>;
  meridians: Readonly<Record<string, number>>;
  lengths: Readonly<Record<string, number>>;
  angles: Readonly<Record<string, number>>;
  datums: Readonly<Record<string, number>>;
  units: Readonly<Record<string, number>>;
  geographic: Readonly<Record<string, readonly [ellipsoid: number, meridian: number]>>;
  bases: Readonly<Record<string, number>>;
  conversions: Readonly<Record<string, number>>;
}

let loading: Promise<Codes> | null = null;

/** 130 KB, loaded with the first image that has GeoKeys. */
export function loadCodes(): Promise<Codes> {
  loading ??= import('./codes.json').then((module) => module.default as unknown as Codes);
  // A failed load (offline before the part was cached) may succeed later.
  loading.catch(() => {
    loading = null;
  });
  return loading;
}
