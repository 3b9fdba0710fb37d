import { describe, expect, it } from 'vitest';
import { groundDistanceMetres } from '../../../geo/ground/gsd.ts';
import { makeFromLonLat, makeToLonLat } from '../../../geo/ground/projection.ts';
import { readGoldens } from '../../testing.ts';
import { localise } from '../localise.ts';
import { geoKeysOf } from './geo-keys.ts';
import { readCrs } from './read-crs.ts';

interface Place {
  code: number;
  geographic: boolean;
  xy: [number, number];
  lonLat: [number, number];
}

const epsg = (code: number, geographic: boolean) =>
  geoKeysOf(
    geographic
      ? { GTModelTypeGeoKey: 2, GeographicTypeGeoKey: code }
      : { GTModelTypeGeoKey: 1, ProjectedCSTypeGeoKey: code },
  );

describe('CRS to lon/lat, against GDAL', () => {
  it.each(readGoldens<Place[]>('crs-goldens.json'))('EPSG:$code', async ({ code, geographic, xy, lonLat }) => {
    const crs = await localise(await readCrs(epsg(code, geographic)), ...xy);
    expect(crs.crs).toBe(`EPSG:${code}`);
    const toLonLat = makeToLonLat(crs.proj4);
    const place = toLonLat!(xy[0], xy[1]);
    // Shifts of far datums are published to decimetres; for Israel 1993 GDAL uses another one, 0.8 m away.
    expect(groundDistanceMetres(place, lonLat)).toBeLessThan(code === 2039 ? 1 : 0.25);
  });

  it('names units', async () => {
    expect((await readCrs(epsg(26911, false))).units).toBe('metre');
    expect((await readCrs(epsg(2229, false))).units).toBe('us-foot');
    expect((await readCrs(epsg(4326, true))).units).toBe('degree');
  });
});

interface KeyCase {
  name: string;
  by: string;
  keys: Record<string, number | number[] | string>;
  points: [number, number, number, number][];
}

describe('a CRS written out in GeoKeys lies where GDAL and PROJ put it', () => {
  it.each(readGoldens<KeyCase[]>('geokeys-goldens.json'))('$name', async ({ keys, points }) => {
    const [x, y] = points[0]!;
    const crs = await localise(await readCrs(geoKeysOf(keys)), x, y);
    expect(crs.proj4, crs.notes.join(' ')).not.toBeNull();
    const toLonLat = makeToLonLat(crs.proj4)!;
    for (const [px, py, lon, lat] of points) {
      expect(groundDistanceMetres(toLonLat(px, py), [lon, lat])).toBeLessThan(0.25);
    }
    const back = makeFromLonLat(crs.proj4)!(points[0]![2], points[0]![3]);
    const again = toLonLat(...back);
    expect(groundDistanceMetres(again, [points[0]![2], points[0]![3]])).toBeLessThan(0.25);
  });
});

describe('CRS that can’t be placed', () => {
  it('is named but has no lon/lat if the datum is far from WGS 84 and its shift unknown', async () => {
    const crs = await readCrs(
      geoKeysOf({
        GTModelTypeGeoKey: 1,
        GTCitationGeoKey: 'Local survey grid|',
        GeographicTypeGeoKey: 32767,
        GeogGeodeticDatumGeoKey: 32767,
        GeogSemiMajorAxisGeoKey: 6378388,
        GeogSemiMinorAxisGeoKey: 6356911.946,
        ProjectedCSTypeGeoKey: 32767,
        ProjectionGeoKey: 32767,
        ProjCoordTransGeoKey: 1,
        ProjLinearUnitsGeoKey: 9001,
        ProjNatOriginLongGeoKey: 9,
        ProjNatOriginLatGeoKey: 0,
        ProjFalseEastingGeoKey: 1500000,
        ProjFalseNorthingGeoKey: 0,
        ProjScaleAtNatOriginGeoKey: 0.9996,
      }),
    );
    expect(crs).toMatchObject({ crs: 'Local survey grid', proj4: null, units: 'metre' });
  });

  it('has no lon/lat for a code that isn’t known', async () => {
    expect(await readCrs(epsg(29999, false))).toMatchObject({ crs: 'EPSG:29999', proj4: null });
  });

  it('has neither code nor name if the keys state neither', async () => {
    expect(await readCrs(geoKeysOf({ GTModelTypeGeoKey: 0 }))).toMatchObject({ crs: null, crsName: null, proj4: null });
  });
});

describe('CRS by WKT and by name', () => {
  const wkt =
    'PROJCS["RD_New",GEOGCS["GCS_Amersfoort",DATUM["D_Amersfoort",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Double_Stereographic"],PARAMETER["False_Easting",155000.0],PARAMETER["False_Northing",463000.0],PARAMETER["Central_Meridian",5.38763888888889],PARAMETER["Scale_Factor",0.9999079],PARAMETER["Latitude_Of_Origin",52.15616055555555],UNIT["Meter",1.0]]';

  it('reads ArcGIS’s WKT and adds the datum shift that it leaves out', async () => {
    const crs = await readCrs(
      geoKeysOf({ GTModelTypeGeoKey: 1, ProjectedCSTypeGeoKey: 32767, PCSCitationGeoKey: `ESRI PE String = ${wkt}` }),
    );
    const known = await readCrs(epsg(28992, false));
    const point = [121000, 487000] as const;
    const distance = groundDistanceMetres(makeToLonLat(crs.proj4)!(...point), makeToLonLat(known.proj4)!(...point));
    expect(distance).toBeLessThan(1);
  });

  it('reads "Google Maps Global Mercator" as Web Mercator, whatever ellipsoid its keys give', async () => {
    const crs = await readCrs(
      geoKeysOf({
        GTModelTypeGeoKey: 1,
        GTCitationGeoKey: 'Google Maps Global Mercator',
        GeographicTypeGeoKey: 4326,
        ProjectedCSTypeGeoKey: 32767,
        ProjCoordTransGeoKey: 7,
      }),
    );
    expect(crs.crs).toBe('EPSG:3857');
    const [lon, lat] = makeToLonLat(crs.proj4)!(1113194.9079327357, 6446275.841017161);
    expect(lon).toBeCloseTo(10, 9);
    expect(lat).toBeCloseTo(50, 9);
  });
});
