import { describe, expect, it } from 'vitest';
import { groundDistanceMetres } from '../../geo/ground/gsd.ts';
import { makeFromLonLat, makeToLonLat } from '../../geo/ground/projection.ts';
import { crsFromText } from './crs-text.ts';
import { localise } from './localise.ts';
import { lookUpCrs, searchCrs } from './table/crs-table.ts';

const UTM_11N =
  'PROJCS["WGS 84 / UTM zone 11N",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",-117],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1],AXIS["Northing",NORTH],AXIS["Easting",EAST]]';

describe('a CRS as text', () => {
  it.each([
    'EPSG:32611',
    ' 32611 ',
    'epsg::32611',
    '+proj=utm +zone=11 +datum=WGS84 +units=m',
    UTM_11N,
    `COMPD_CS["with height",${UTM_11N},VERT_CS["NAVD88",VERT_DATUM["x",2005],UNIT["metre",1]]]`,
    'PROJCRS["WGS 84 / UTM zone 11N",BASEGEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]]],CONVERSION["UTM zone 11N",METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Longitude of natural origin",-117,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Scale factor at natural origin",0.9996,SCALEUNIT["unity",1]],PARAMETER["False easting",500,LENGTHUNIT["kilometre",1000]],PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],CS[Cartesian,2],AXIS["(E)",east],AXIS["(N)",north],LENGTHUNIT["metre",1]]',
  ])('may be %s', async (text) => {
    const crs = (await crsFromText(text))!;
    expect(crs.units).toBe('metre');
    // Easting first, whatever AXIS says: that is how rasters store it.
    const [lon, lat] = makeToLonLat(crs.proj4)!(432_061.2, 3_776_354.4);
    expect(lon).toBeCloseTo(-117.73676442226152, 9);
    expect(lat).toBeCloseTo(34.125842931403696, 9);
  });

  it.each(['', 'nonsense', 'EPSG:99999999', 'EPSG:1', 'PROJCS["cut off"', 'FOO["bar"]'])('isn’t %j', async (text) => {
    expect(await crsFromText(text)).toBeNull();
  });

  it('notes what it ignores: heights, local and geocentric systems', async () => {
    const compound = await crsFromText(
      `COMPD_CS["x",${UTM_11N},VERT_CS["NAVD88 height",VERT_DATUM["x",2005],UNIT["metre",1]]]`,
    );
    expect(compound?.notes).toEqual(['The vertical CRS “NAVD88 height” is ignored: Nadir places pixels in the plane.']);
    const local = await crsFromText('LOCAL_CS["Site grid",UNIT["metre",1]]');
    expect(local).toMatchObject({ crs: 'Site grid', proj4: null });
    expect(local?.notes[0]).toContain('engineering (local) CRS');
    expect((await crsFromText('GEOCCS["WGS 84",DATUM["x",SPHEROID["y",6378137,298]]]'))?.proj4).toBeNull();
  });

  it('has no lon/lat if the projection or the datum is unknown, and says so', async () => {
    const projection = await crsFromText(UTM_11N.replace('Transverse_Mercator', 'Goode_Homolosine'));
    expect(projection?.proj4).toBeNull();
    expect(projection?.notes.at(-1)).toContain('no formulas');
    const datum = await crsFromText(
      UTM_11N.replace('WGS_1984', 'D_Somewhere')
        .replace('"WGS 84",DATUM', '"Elsewhere",DATUM')
        .replace('6378137,298.257223563', '6377397.155,299.15'),
    );
    expect(datum?.proj4).toBeNull();
    expect(datum?.notes.at(-1)).toContain('D_Somewhere');
  });

  it('reads a bound CRS’s source and shift', async () => {
    const bound = `BOUNDCRS[SOURCECRS[GEOGCRS["x",DATUM["Unknown",ELLIPSOID["intl",6378388,297]],CS[ellipsoidal,2],AXIS["lat",north],AXIS["lon",east],ANGLEUNIT["degree",0.0174532925199433]]],TARGETCRS[GEOGCRS["WGS 84",DATUM["WGS",ELLIPSOID["WGS 84",6378137,298.257223563]],CS[ellipsoidal,2],AXIS["lat",north],AXIS["lon",east],ANGLEUNIT["degree",0.0174532925199433]]],ABRIDGEDTRANSFORMATION["t",METHOD["Geocentric translations (geog2D domain)"],PARAMETER["X-axis translation",-87],PARAMETER["Y-axis translation",-98],PARAMETER["Z-axis translation",-121]]]`;
    expect((await crsFromText(bound))?.proj4).toContain('+towgs84=-87,-98,-121');
  });
});

describe('the list of CRS', () => {
  it('is found by code and by words in any order', async () => {
    expect((await searchCrs('32611', 5)).found[0]?.name).toBe('WGS 84 / UTM zone 11N');
    expect((await searchCrs('EPSG:2154', 5)).found[0]?.code).toBe(2154);
    expect((await searchCrs('33n utm etrs89', 5)).found[0]?.code).toBe(25833);
    expect((await searchCrs('british national grid', 9)).found[0]?.code).toBe(27700);
    expect(await searchCrs('no such system', 9)).toEqual({ found: [], total: 0 });
    expect((await searchCrs('', 3)).found.map(({ code }) => code)).toEqual([4326, 3857, 4258]);
  });

  it('offers withdrawn codes only by their number, and holds all UTM zones with a way to lon/lat', async () => {
    expect((await searchCrs('2036', 5)).found[0]?.deprecated).toBe(true);
    for (let zone = 1; zone <= 60; zone++) {
      const crs = await lookUpCrs(32600 + zone);
      expect(makeToLonLat(crs!.proj4)!(500_000, 0)[0]).toBeCloseTo(zone * 6 - 183, 9);
    }
  });
});

describe('an old datum', () => {
  it('is shifted by the place, as GDAL does it', async () => {
    const nad27 = (await crsFromText('EPSG:4267'))!;
    const [alaska, ohio] = [await localise(nad27, -150, 64), await localise(nad27, -83, 40)];
    expect(alaska.proj4).toContain('+towgs84=-5,135,172');
    expect(ohio.proj4).toContain('+towgs84=-8,160,176');
    expect(alaska.notes.at(-1)).toMatch(/good to about 12 m/);
    // rasterio.warp.transform('EPSG:4267', 'EPSG:4326', [-150], [64])
    expect(groundDistanceMetres(makeToLonLat(alaska.proj4)!(-150, 64), [-150.0022, 63.99943])).toBeLessThan(20);
  });

  it('is left unshifted if EPSG has no shift there, with a note', async () => {
    const grid = (await crsFromText('EPSG:27700'))!;
    const far = await localise(grid, -5_745_183, 8_099_220);
    expect(far.proj4).not.toContain('towgs84');
    expect(far.notes.at(-1)).toMatch(/EPSG has no shift to WGS 84/);
  });
});

describe('axes', () => {
  it('that point west and south are turned', async () => {
    const lo23 = (await crsFromText('EPSG:2050'))!;
    const [lon, lat] = makeToLonLat(lo23.proj4)!(-483.588, 3_293_509.307);
    expect(lon).toBeCloseTo(23.005, 6);
    expect(lat).toBeCloseTo(-29.76, 6);
    const [x, y] = makeFromLonLat(lo23.proj4)!(23.005, -29.76);
    expect(x).toBeCloseTo(-483.588, 2);
    expect(y).toBeCloseTo(3_293_509.307, 2);
  });
});
