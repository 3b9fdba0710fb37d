import { describe, expect, it } from 'vitest';
import { groundDistanceMetres } from '../../geo/ground/gsd.ts';
import { makeToLonLat } from '../../geo/ground/projection.ts';
import { isRefusal } from './conversion.ts';
import { crsFromText } from './crs-text.ts';
import { geoKeysOf } from './keys/geo-keys.ts';
import { readCrs } from './keys/read-crs.ts';
import { parseWkt, takeApart } from './wkt/wkt.ts';
import { definitionOf } from './wkt/wkt-definition.ts';

const read = (keys: Record<string, number | string>) => readCrs(geoKeysOf(keys));
const USER = {
  GTModelTypeGeoKey: 1,
  ProjectedCSTypeGeoKey: 32767,
  ProjectionGeoKey: 32767,
  GeographicTypeGeoKey: 4326,
  ProjLinearUnitsGeoKey: 9001,
};

describe('GeoKeys that Nadir doesn’t understand give no place, with the reason', () => {
  it.each([
    ['a projection without formulas', { ProjCoordTransGeoKey: 2 }, /Alaska/],
    ['a projection by Laborde', { ProjCoordTransGeoKey: 4 }, /Laborde/],
    ['a projection that no list has', { ProjCoordTransGeoKey: 99 }, /ProjCoordTrans 99/],
    [
      'a parameter that the projection doesn’t have',
      { ProjCoordTransGeoKey: 10, ProjNatOriginLatGeoKey: 50, ProjScaleAtNatOriginGeoKey: 0.99 },
      /no scale factor, but the CRS states one \(0\.99\)/,
    ],
    [
      'a Mercator with an origin off the equator',
      { ProjCoordTransGeoKey: 7, ProjNatOriginLatGeoKey: 40 },
      /no latitude of origin/,
    ],
    [
      'a polar stereographic with parallel and scale',
      { ProjCoordTransGeoKey: 15, ProjNatOriginLatGeoKey: 70, ProjScaleAtNatOriginGeoKey: 0.994 },
      /standard parallel \(70\) and a scale factor \(0\.994\)/,
    ],
    ['a polar stereographic without a pole', { ProjCoordTransGeoKey: 15 }, /neither its pole/],
    ['a conic without parallels', { ProjCoordTransGeoKey: 11, ProjNatOriginLatGeoKey: 40 }, /first standard parallel/],
    [
      'an impossible scale',
      { ProjCoordTransGeoKey: 1, ProjNatOriginLongGeoKey: 9, ProjScaleAtNatOriginGeoKey: 0 },
      /scale factor 0/,
    ],
    ['a unit that no list has', { ProjCoordTransGeoKey: 1, ProjLinearUnitsGeoKey: 9999 }, /unit 9999/],
    [
      'a prime meridian that no list has',
      { ProjCoordTransGeoKey: 1, GeogPrimeMeridianGeoKey: 8999 },
      /prime meridian EPSG:8999/,
    ],
    ['neither code nor projection', {}, /neither name a CRS nor describe a projection/],
    ['a conversion that no list has', { ProjectionGeoKey: 12345 }, /conversion 12345/],
    [
      'an ellipsoid of another planet',
      {
        GeographicTypeGeoKey: 32767,
        GeogSemiMajorAxisGeoKey: 3396190,
        GeogInvFlatteningGeoKey: 169.9,
        ProjCoordTransGeoKey: 24,
      },
      /isn’t the Earth’s/,
    ],
  ])('%s', async (_, keys, reason) => {
    const crs = await read({ ...USER, ...keys });
    expect(crs.proj4).toBeNull();
    expect(crs.notes.join(' ')).toMatch(reason);
    expect(crs.notes.join(' ')).toContain('Longitude and latitude aren’t available');
  });

  it('a datum that is far from WGS 84 and unknown', async () => {
    const crs = await read({
      ...USER,
      GeographicTypeGeoKey: 32767,
      GeogCitationGeoKey: 'GCS Name = x|Datum = D_Somewhere|',
      GeogSemiMajorAxisGeoKey: 6377397.155,
      GeogInvFlatteningGeoKey: 299.15,
      ProjCoordTransGeoKey: 1,
    });
    expect(crs.proj4).toBeNull();
    expect(crs.notes.join(' ')).toContain('D_Somewhere');
  });
});

describe('values that a file states twice are compared', () => {
  it.each([
    [
      'a unit and a code',
      { ProjectedCSTypeGeoKey: 26986, ProjLinearUnitsGeoKey: 9003 },
      /US survey feet.*uses the file’s unit/,
    ],
    [
      'two spellings of a parameter',
      { ...USER, ProjCoordTransGeoKey: 1, ProjNatOriginLongGeoKey: 9, ProjCenterLongGeoKey: 15 },
      /ProjNatOriginLong 9 and ProjCenterLong 15.*uses the first/,
    ],
    [
      'parameters and a conversion',
      { ...USER, ProjectionGeoKey: 16033, ProjCoordTransGeoKey: 1, ProjNatOriginLongGeoKey: 9 },
      /EPSG:16033.*uses the parameters/,
    ],
    [
      'a geographic CRS and a projected one',
      { ProjectedCSTypeGeoKey: 32633, GeographicTypeGeoKey: 4230 },
      /EPSG:4230.*uses the file’s/,
    ],
    [
      'a meridian and a projected code',
      { ProjectedCSTypeGeoKey: 27572, GeogPrimeMeridianGeoKey: 8901 },
      /EPSG:8901.*uses the code/,
    ],
    [
      'an ellipsoid and a code',
      { ProjectedCSTypeGeoKey: 32633, GeogSemiMajorAxisGeoKey: 6371000, GeogSemiMinorAxisGeoKey: 6371000 },
      /ellipsoid.*uses the code/,
    ],
    [
      'a size of unit and a code',
      { ProjectedCSTypeGeoKey: 26986, ProjLinearUnitSizeGeoKey: 0.3048 },
      /0\.3048 m.*uses the code’s unit/,
    ],
  ])('%s', async (_, keys, note) => {
    const crs = await read({ GTModelTypeGeoKey: 1, ...keys });
    expect(crs.proj4).not.toBeNull();
    expect(crs.notes.join(' ')).toMatch(note);
  });

  it.each([
    [
      'an angle and a code',
      { GeographicTypeGeoKey: 4267, GeogAngularUnitsGeoKey: 9105 },
      /grads.*uses the file’s unit/,
    ],
    [
      'an angle and WGS 84',
      { GeographicTypeGeoKey: 4326, GeogAngularUnitsGeoKey: 9105 },
      /grads.*uses the code’s unit/,
    ],
    [
      'a meridian and a geographic code',
      { GeographicTypeGeoKey: 4275, GeogPrimeMeridianGeoKey: 8903 },
      /2\.33722917°.*uses the file’s/,
    ],
  ])('%s', async (_, keys, note) => {
    const crs = await read({ GTModelTypeGeoKey: 2, ...keys });
    expect(crs.proj4).not.toBeNull();
    expect(crs.notes.join(' ')).toMatch(note);
  });

  it.each([
    {
      ProjectedCSTypeGeoKey: 32633,
      ProjLinearUnitsGeoKey: 9001,
      GeographicTypeGeoKey: 4326,
      GeogAngularUnitsGeoKey: 9102,
    },
    { ProjectedCSTypeGeoKey: 26911, GeographicTypeGeoKey: 4326 },
    { ProjectedCSTypeGeoKey: 2249, ProjLinearUnitsGeoKey: 9003, GeographicTypeGeoKey: 4269 },
    {
      ProjectedCSTypeGeoKey: 27572,
      GeographicTypeGeoKey: 4807,
      GeogPrimeMeridianGeoKey: 8903,
      GeogAngularUnitsGeoKey: 9105,
    },
    { ...USER, ProjCoordTransGeoKey: 1, ProjNatOriginLongGeoKey: 9, ProjCenterLongGeoKey: 9 },
  ])('and gives no note if it agrees: %o', async (keys) => {
    const crs = await read({ GTModelTypeGeoKey: 1, ...keys });
    expect(crs.proj4).not.toBeNull();
    expect(crs.notes.filter((note) => /As in GDAL/.test(note))).toEqual([]);
  });
});

const GEOGCS =
  'GEOGCS["NAD83",DATUM["North_American_Datum_1983",SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]';
const MASSACHUSETTS = (unit: string, more = '') =>
  `PROJCS["NAD83 / Massachusetts Mainland",${GEOGCS},PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["latitude_of_origin",41],PARAMETER["central_meridian",-71.5],PARAMETER["standard_parallel_1",42.6833333333333],PARAMETER["standard_parallel_2",41.7166666666667],PARAMETER["false_easting",${unit.includes('foot') ? 656166.666666667 : 200000}],PARAMETER["false_northing",${unit.includes('foot') ? 2460625 : 750000}],${unit}${more}]`;
const GUSTERBERG = { southing: 4266.4649, westing: 10257.9315 };
const METRE = 'UNIT["metre",1]';
const US_FOOT = 'UNIT["US survey foot",0.304800609601219]';

describe('well-known text', () => {
  it('whose unit isn’t its code’s overrides the code, with a note', async () => {
    const crs = (await crsFromText(MASSACHUSETTS(US_FOOT, ',AUTHORITY["EPSG","26986"]')))!;
    expect(crs.units).toBe('us-foot');
    expect(crs.notes.join(' ')).toMatch(/EPSG:26986.*uses the description/);
    // pyproj: EPSG:2249, which is this in US feet.
    const [lon, lat] = makeToLonLat(crs.proj4)!(656166.666666667, 2952750);
    expect(groundDistanceMetres([lon, lat], [-71.5, 42.35049688])).toBeLessThan(0.1);
  });

  it('that matches its code gives no note', async () => {
    const crs = await crsFromText(MASSACHUSETTS(METRE, ',AUTHORITY["EPSG","26986"]'));
    expect(crs).toMatchObject({ crs: 'EPSG:26986', units: 'metre', notes: [] });
  });

  it('with a parameter that is unknown, or that its projection doesn’t have, is refused by name', async () => {
    const unknown = await crsFromText(MASSACHUSETTS(METRE).replace('"false_easting"', '"fudge_factor"'));
    expect(unknown).toMatchObject({ proj4: null, notes: [expect.stringContaining('“fudge_factor”')] });
    const unused = await crsFromText(MASSACHUSETTS(METRE, ',PARAMETER["azimuth",30]'));
    expect(unused).toMatchObject({ proj4: null, notes: [expect.stringContaining('no azimuth')] });
  });

  it('uses the proj4 definition that GDAL adds if WKT 1 isn’t enough', async () => {
    const wkt = `PROJCS["unknown",GEOGCS["unknown",DATUM["x",SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Geostationary_Satellite"],PARAMETER["central_meridian",-75],PARAMETER["satellite_height",35786023],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1],EXTENSION["PROJ4","+proj=geos +sweep=x +lon_0=-75 +h=35786023 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs"]]`;
    const crs = (await crsFromText(wkt))!;
    // pyproj 3.7 (PROJ 9.5): the same definition, forward from -80, 30.
    const [lon, lat] = makeToLonLat(crs.proj4)!(-468_595.773, 3_087_367.476);
    expect(lon).toBeCloseTo(-80, 6);
    expect(lat).toBeCloseTo(30, 6);
  });

  it('with an appended vertical CRS, as in ArcGIS’s .prj, uses the horizontal part', async () => {
    const crs = await crsFromText(
      `${MASSACHUSETTS(METRE)},VERTCS["NAVD_1988",VDATUM["x"],PARAMETER["Direction",1.0],UNIT["Meter",1.0]]`,
    );
    expect(crs?.proj4).toContain('+proj=lcc');
    expect(crs?.notes).toEqual(['The vertical CRS “NAVD_1988” is ignored: Nadir places pixels in the plane.']);
  });

  it('whose axes point south and west is turned, in their order', async () => {
    const wkt = `PROJCRS["Gusterberg Grid (Ferro)",BASEGEOGCRS["x",DATUM["x",ELLIPSOID["Zach 1812",6376045,310]],PRIMEM["Ferro",-17.6666666666667,ANGLEUNIT["degree",0.0174532925199433]]],CONVERSION["x",METHOD["Cassini-Soldner"],PARAMETER["Latitude of natural origin",48.0384638888889],PARAMETER["Longitude of natural origin",31.8041805555556]],CS[Cartesian,2],AXIS["southing (X)",south,ORDER[1]],AXIS["westing (Y)",west,ORDER[2]],LENGTHUNIT["metre",1]]`;
    const plain = definitionOf(takeApart(parseWkt(wkt)!).horizontal, []);
    if (isRefusal(plain)) throw new Error(plain.refused);
    // pyproj, EPSG:8044 from its own geographic CRS, at 14° E 48° N.
    const [lon, lat] = makeToLonLat(plain.proj4)!(GUSTERBERG.southing, GUSTERBERG.westing);
    expect(lon).toBeCloseTo(14, 7);
    expect(lat).toBeCloseTo(48, 7);
  });

  it('for a sphere isn’t computed on an ellipsoid', async () => {
    const text = MASSACHUSETTS(METRE)
      .replace('Lambert_Conformal_Conic_2SP', 'Lambert Azimuthal Equal Area (Spherical)')
      .replace(/PARAMETER\["standard_parallel_\d",[\d.]+\],/g, '');
    expect(await crsFromText(text)).toMatchObject({ proj4: null, notes: [expect.stringContaining('on an ellipsoid')] });
  });

  it('reads its meridian in degrees or in its own unit, whichever fits', async () => {
    const ntf = (meridian: string) =>
      crsFromText(
        `GEOGCS["NTF (Paris)",DATUM["Nouvelle_Triangulation_Francaise_Paris",SPHEROID["Clarke 1880 (IGN)",6378249.2,293.466021293627],TOWGS84[-168,-60,320]],PRIMEM["Paris",${meridian}],UNIT["grad",0.015707963267949]]`,
      );
    for (const crs of [await ntf('2.33722917'), await ntf('2.5969213')]) {
      const place = makeToLonLat(crs!.proj4)!(1, 50);
      // cs2cs EPSG:4807 to EPSG:4326.
      expect(groundDistanceMetres(place, [3.2365897, 44.9999799])).toBeLessThan(0.2);
    }
  });
});

describe('a proj4 definition', () => {
  it.each([
    ['+proj=utm +zone=33 +ellps=hayfordd', '+ellps=hayfordd'],
    ['+proj=utm +zone=33 +datum=OSGB63', '+datum=OSGB63'],
    ['+proj=tmerc +lon_0=9 +ellps=bessel +nadgrids=BETA2007.gsb', '+nadgrids=BETA2007.gsb'],
    ['+proj=lcc +lat_1=44 +lat_2=49 +units=furlong', '+units=furlong'],
    ['+proj=ob_tran +o_proj=longlat +o_lat_p=40', '+proj=ob_tran'],
    ['+proj=tpers +h=5500000 +lat_0=40 +tilt=20', '+tilt=20'],
    ['+proj=longlat +lat_0=abc', '+lat_0=abc'],
    ['+proj=nothing', '+proj=nothing'],
  ])('%s is refused by name', async (text, word) => {
    const crs = await crsFromText(text);
    expect(crs).toMatchObject({ proj4: null, notes: [expect.stringContaining(`“${word}”`)] });
  });

  it('on an ellipsoid that proj4js lacks uses its numbers', async () => {
    const crs = (await crsFromText('+proj=longlat +ellps=WGS72 +no_defs'))!;
    expect(crs.proj4).toContain('+a=6378135 +rf=298.26');
  });

  it('on NAD27 is shifted, although no grid file is at hand', async () => {
    const crs = (await crsFromText('+proj=longlat +datum=NAD27'))!;
    // EPSG:1173, the mean for the conterminous United States, by pyproj.
    expect(groundDistanceMetres(makeToLonLat(crs.proj4)!(-100, 40), [-100.0004176, 40.0000095])).toBeLessThan(15);
    expect(crs.shiftBase).toBe(4267);
  });
});
