/**
 * Shifts to WGS 84 for datums that lie far from it. The offline CRS library gives projections and ellipsoids but no shifts, and
 * without one British or Dutch coordinates land 100 m off. Values: EPSG's (position vector) for the datum's whole area,
 * as PROJ uses them where no grid file is at hand. A CRS on a far datum that isn't here gets no lon/lat at all.
 */
interface Datum {
  /** As ESRI and OGC write it. */
  names: RegExp;
  towgs84: string;
  /** Geographic CRS and datum codes of GeoKeys. */
  geographic: readonly number[];
  /** Projected CRS codes, as inclusive ranges. */
  projected: readonly (readonly [number, number])[];
}

const FAR_DATUMS: readonly Datum[] = [
  {
    names: /^(D_)?(North_American_Datum_1927|North_American_1927)$/i,
    towgs84: '-8,159,175',
    geographic: [4267, 6267],
    projected: [
      [26701, 26722],
      [26729, 26799],
      [32001, 32058],
    ],
  },
  {
    names: /^(D_)?(OSGB_1936)$/i,
    towgs84: '446.448,-125.157,542.06,0.15,0.247,0.842,-20.489',
    geographic: [4277, 6277],
    projected: [[27700, 27700]],
  },
  {
    names: /^(D_)?(Amersfoort)$/i,
    towgs84: '565.4171,50.3319,465.5524,-0.398957,0.343988,-1.87740,4.0725',
    geographic: [4289, 6289],
    projected: [
      [28991, 28992],
      [7415, 7415],
    ],
  },
  {
    names: /^(D_)?(Deutsches_Hauptdreiecksnetz)$/i,
    towgs84: '598.1,73.7,418.2,0.202,0.045,-2.455,6.7',
    geographic: [4314, 6314],
    projected: [[31461, 31469]],
  },
  {
    names: /^(D_)?(CH1903\+?)$/i,
    towgs84: '674.374,15.056,405.346',
    geographic: [4149, 6149, 4150, 6150],
    projected: [
      [21780, 21782],
      [2056, 2056],
    ],
  },
  {
    names: /^(D_)?(Belge_1972|Reseau_National_Belge_1972)$/i,
    towgs84: '-106.8686,52.2978,-103.7239,0.3366,-0.457,1.8422,-1.2747',
    geographic: [4313, 6313],
    projected: [[31370, 31370]],
  },
  {
    names: /^(D_)?(MGI|Militar_Geographische_Institut)$/i,
    towgs84: '577.326,90.129,463.919,5.137,1.474,5.297,2.4232',
    geographic: [4312, 6312],
    projected: [
      [31254, 31259],
      [31281, 31290],
      [31287, 31287],
    ],
  },
  {
    names: /^(D_)?(Monte_Mario)$/i,
    towgs84: '-104.1,-49.1,-9.9,0.971,-2.917,0.714,-11.68',
    geographic: [4265, 6265],
    projected: [
      [3003, 3004],
      [26591, 26592],
    ],
  },
  {
    names: /^(D_)?(European_1950|European_Datum_1950)$/i,
    towgs84: '-87,-98,-121',
    geographic: [4230, 6230],
    projected: [[23028, 23038]],
  },
  {
    names: /^(D_)?(S_JTSK)$/i,
    towgs84: '570.8,85.7,462.8,4.998,1.587,5.261,3.56',
    geographic: [4156, 6156],
    projected: [
      [5513, 5514],
      [2065, 2065],
    ],
  },
  {
    names: /^(D_)?(GGRS_1987|Greek_Geodetic_Reference_System_1987)$/i,
    towgs84: '-199.87,74.79,246.62',
    geographic: [4121, 6121],
    projected: [[2100, 2100]],
  },
  {
    names: /^(D_)?(Israel|Israel_1993)$/i,
    towgs84: '-24.0024,-17.1032,-17.8444,-0.33077,-1.85269,1.66969,5.4248',
    geographic: [4141, 6141],
    projected: [[2039, 2039]],
  },
  {
    names: /^(D_)?(Tokyo)$/i,
    towgs84: '-146.414,507.337,680.507',
    geographic: [4301, 6301],
    projected: [[30161, 30179]],
  },
  {
    names: /^(D_)?(Pulkovo_1942)$/i,
    towgs84: '23.92,-141.27,-80.9,0,0.35,0.82,-0.12',
    geographic: [4284, 6284],
    projected: [[28402, 28432]],
  },
];

/** `+towgs84` values for a far datum named by any of these codes, or null. 0 and undefined codes are passed over. */
export function farDatumShift(projectedCode: number, geographicCode: number, datumCode: number): string | null {
  const datum = FAR_DATUMS.find(
    (entry) =>
      entry.projected.some(([from, to]) => projectedCode >= from && projectedCode <= to) ||
      entry.geographic.includes(geographicCode) ||
      entry.geographic.includes(datumCode),
  );
  return datum?.towgs84 ?? null;
}

/** The same by the datum's name in WKT. */
export function farDatumShiftByName(name: string): string | null {
  return FAR_DATUMS.find((entry) => entry.names.test(name))?.towgs84 ?? null;
}

/**
 * True for ellipsoids of Earth-centred datums (WGS 84, NAD83, ETRS89, GDA …: within a metre or two of WGS 84, as PROJ too
 * takes them) and for spheres, which no datum is tied to.
 */
export function isEarthCentred(semiMajorMetres: number, semiMinorMetres: number): boolean {
  if (semiMajorMetres === semiMinorMetres) return true;
  return Math.abs(semiMajorMetres - 6378137) < 3 && Math.abs(semiMinorMetres - 6356752.3) < 3;
}
