import { describe, expect, it } from 'vitest';
import { groundDistanceMetres } from '../../geo/ground/gsd.ts';
import { makeToLonLat } from '../../geo/ground/projection.ts';
import { localise } from '../crs/localise.ts';
import { readPictureGoldens } from '../testing.ts';
import { crsFromCoordSys } from './mapinfo-crs.ts';

/** Made by e2e/fixtures/pictures/coord-sys.py: where GDAL puts a point of each clause. */
const { cases } = readPictureGoldens<{
  cases: { clause: string; at: [number, number]; lonLat: [number, number] | null }[];
}>('coord-sys.json');

const REFUSED: Record<string, RegExp> = {
  NonEarth: /no place on Earth/,
  'Projection 18,': /projection 18/,
  ' 1999,': /datum 1999/,
  furlong: /unit “furlong”/,
  '500000$': /4 parameters for projection 8, which takes 5/,
  Affine: /an affine transformation of its own/,
  '157, "m", 10': /a Web Mercator whose meridian isn’t Greenwich/,
  Earth$: /no projection/,
};
const refusalOf = (clause: string) => Object.entries(REFUSED).find(([part]) => new RegExp(part).test(clause))?.[1];

/** GDAL doesn't know these datums' shift and applies none; Nadir gives no longitude and latitude, and says why. */
const WITHOUT_SHIFT = /, 1002\b/;
const understood = cases.filter(({ clause }) => !refusalOf(clause) && !WITHOUT_SHIFT.test(clause));

describe('a MapInfo CoordSys', () => {
  it.each(understood.map(({ clause, ...rest }) => [clause, rest] as const))('%s', async (clause, { at, lonLat }) => {
    const crs = await localise(await crsFromCoordSys(clause), ...at);
    const place = makeToLonLat(crs.proj4)!(...at);
    // GDA94 lies at WGS 84 by one of EPSG's transformations and 1.5 m off by another.
    expect(groundDistanceMetres(place, lonLat!)).toBeLessThan(/, 116,/.test(clause) ? 2 : 0.02);
  });

  it('that isn’t understood is refused by name', async () => {
    const refused = cases.filter(({ clause }) => refusalOf(clause));
    expect(refused).toHaveLength(8);
    for (const { clause } of refused) {
      const crs = await crsFromCoordSys(clause);
      expect([crs.crs, crs.proj4]).toEqual([null, null]);
      expect(crs.notes[0]).toMatch(refusalOf(clause)!);
    }
  });

  it('on a datum with an unknown shift gives no lon/lat, and says so', async () => {
    const without = cases.filter((one) => WITHOUT_SHIFT.test(one.clause));
    expect(without).toHaveLength(2);
    for (const { clause } of without) {
      const crs = await crsFromCoordSys(clause);
      expect([crs.proj4, crs.notes.at(-1)]).toEqual([null, expect.stringContaining('NTF_Paris_Meridian')]);
    }
  });

  it('shows the UTM zones of its commonest datums under their codes', async () => {
    expect((await crsFromCoordSys('CoordSys Earth Projection 8, 104, "m", 9, 0, 0.9996, 500000, 0')).crs).toBe(
      'EPSG:32632',
    );
    expect((await crsFromCoordSys('CoordSys Earth Projection 8, 74, "m", -117, 0, 0.9996, 500000, 0')).crs).toBe(
      'EPSG:26911',
    );
    const odd = await crsFromCoordSys('CoordSys Earth Projection 8, 104, "m", 10, 0, 0.9996, 500000, 0');
    expect(odd.crs).toBe('MapInfo CoordSys 8, 104');
  });
});
