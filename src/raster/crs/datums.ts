/**
 * Shifts to WGS 84 for datums far from it whose names in WKT aren't in EPSG. Values: EPSG's (position vector) for the
 * datum's whole area, as PROJ uses them without a grid file.
 */
interface Datum {
  /** The datum's name as ESRI and OGC write it. */
  names: RegExp;
  towgs84: string;
}

const FAR_DATUMS: readonly Datum[] = [
  {
    names: /^(D_)?(North_American_Datum_1927|North_American_1927)$/i,
    towgs84: '-8,159,175',
  },
  {
    names: /^(D_)?(OSGB_1936)$/i,
    towgs84: '446.448,-125.157,542.06,0.15,0.247,0.842,-20.489',
  },
  {
    names: /^(D_)?(Amersfoort)$/i,
    towgs84: '565.4171,50.3319,465.5524,-0.398957,0.343988,-1.87740,4.0725',
  },
  {
    names: /^(D_)?(Deutsches_Hauptdreiecksnetz)$/i,
    towgs84: '598.1,73.7,418.2,0.202,0.045,-2.455,6.7',
  },
  {
    names: /^(D_)?(CH1903\+?)$/i,
    towgs84: '674.374,15.056,405.346',
  },
  {
    names: /^(D_)?(Belge_1972|Reseau_National_Belge_1972)$/i,
    towgs84: '-106.8686,52.2978,-103.7239,0.3366,-0.457,1.8422,-1.2747',
  },
  {
    names: /^(D_)?(MGI|Militar_Geographische_Institut)$/i,
    towgs84: '577.326,90.129,463.919,5.137,1.474,5.297,2.4232',
  },
  {
    names: /^(D_)?(Monte_Mario)$/i,
    towgs84: '-104.1,-49.1,-9.9,0.971,-2.917,0.714,-11.68',
  },
  {
    names: /^(D_)?(European_1950|European_Datum_1950)$/i,
    towgs84: '-87,-98,-121',
  },
  {
    names: /^(D_)?(S_JTSK)$/i,
    towgs84: '570.8,85.7,462.8,4.998,1.587,5.261,3.56',
  },
  {
    names: /^(D_)?(GGRS_1987|Greek_Geodetic_Reference_System_1987)$/i,
    towgs84: '-199.87,74.79,246.62',
  },
  {
    names: /^(D_)?(Israel|Israel_1993)$/i,
    towgs84: '-24.0024,-17.1032,-17.8444,-0.33077,-1.85269,1.66969,5.4248',
  },
  {
    names: /^(D_)?(Tokyo)$/i,
    towgs84: '-146.414,507.337,680.507',
  },
  {
    names: /^(D_)?(Pulkovo_1942)$/i,
    towgs84: '23.92,-141.27,-80.9,0,0.35,0.82,-0.12',
  },
];

/** `+towgs84` values for such a datum by its name in WKT, or null. */
export function farDatumShiftByName(name: string): string | null {
  return FAR_DATUMS.find((entry) => entry.names.test(name))?.towgs84 ?? null;
}

/**
 * True for ellipsoids that only Earth-centred datums use: WGS 84's and those of NAD83, ETRS89, GDA … (within a metre or
 * two of WGS 84, which PROJ also treats as equal), Hughes 1980 (NSIDC's polar grids), and spheres, which belong to no
 * datum.
 */
export function isEarthCentred(semiMajorMetres: number, semiMinorMetres: number): boolean {
  if (semiMajorMetres === semiMinorMetres) return true;
  const near = (a: number, b: number) => Math.abs(semiMajorMetres - a) < 3 && Math.abs(semiMinorMetres - b) < 3;
  return near(6378137, 6356752.3) || near(6378273, 6356889.4);
}
