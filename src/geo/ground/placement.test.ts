import { describe, expect, it } from 'vitest';
import { makePixelMap, type Placement } from './placement.ts';
import { makeFromLonLat, makeToLonLat } from './projection.ts';

const utm11 = '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs';
const degrees = '+proj=longlat +datum=WGS84 +no_defs';
const inUtm: Placement = { geotransform: [500_000, 10, 0, 4_000_000, 0, -10], crs: 'EPSG:32611', proj4: utm11 };

describe('makePixelMap', () => {
  it('is affine within one CRS, also turned', () => {
    const turned: Placement = { ...inUtm, geotransform: [500_000, 0, 5, 4_000_000, 5, 0] };
    expect(makePixelMap(inUtm, turned)?.(3, -2)).toEqual([4, 6]);
  });

  it('goes through longitude and latitude between two, and back to the same pixel', () => {
    const inDegrees: Placement = { geotransform: [-118, 0.001, 0, 37, 0, -0.001], crs: 'EPSG:4326', proj4: degrees };
    const there = makePixelMap(inUtm, inDegrees)!;
    const back = makePixelMap(inDegrees, inUtm)!;
    const [col, row] = there(120, 45);
    // The zone's meridian is 117° W, 1000 pixels from 118° W; 1200 m east of it is 0.0133° more.
    expect(col).toBeCloseTo(1013.3, 0);
    const [x, y] = back(col, row);
    expect(x).toBeCloseTo(120, 6);
    expect(y).toBeCloseTo(45, 6);
  });

  it('returns null if a place is missing', () => {
    expect(makePixelMap(null, inUtm)).toBeNull();
    expect(makePixelMap(inUtm, { ...inUtm, crs: 'local', proj4: null })).toBeNull();
    expect(makePixelMap(inUtm, { ...inUtm, geotransform: [0, 0, 0, 0, 0, 0] })).toBeNull();
  });
});

describe('makeFromLonLat', () => {
  it('inverts makeToLonLat', () => {
    const [lon, lat] = makeToLonLat(utm11)!(512_345, 3_987_654);
    const [x, y] = makeFromLonLat(utm11)!(lon, lat);
    expect(x).toBeCloseTo(512_345, 4);
    expect(y).toBeCloseTo(3_987_654, 4);
    expect(makeFromLonLat(null)).toBeNull();
    expect(makeFromLonLat('+proj=nonsense')).toBeNull();
  });
});
