import { describe, expect, it } from 'vitest';
import { applyGeotransform, invertGeotransform } from '../../geo/ground/affine.ts';
import { makeToLonLat } from '../../geo/ground/projection.ts';
import type { Geotransform } from '../../geo/types.ts';
import type { Georeference } from '../../imagery/place.ts';
import { readSidecars } from '../sidecars/read.ts';
import { readPictureGoldens } from '../testing.ts';
import { blobSource } from '../tiff/byte-source.ts';
import { readDirectories } from '../tiff/directory.ts';
import { placePicture, readGeoreference } from './georeference.ts';

/** Made by e2e/fixtures/pictures/places.py: where two GDALs put an image, for every combination of what states its place. */
interface Place {
  format: 'TIFF' | 'PNG' | 'JPEG' | 'WebP';
  of: string;
  files: Record<string, string>;
  /** A TIFF's bytes, base64. */
  image?: string;
  gdal: { geotransform: number[] | null; fitted: boolean; lonLat: [number, number] | null };
  /** By an older GDAL, which reads no coefficients of ArcGIS. */
  commandLine: number[] | null;
}

const { width, height, cases } = readPictureGoldens<{ width: number; height: number; cases: Place[] }>('places.json');

/** What GDAL places nowhere although something states it: by which statement (its x) Nadir places it. */
const BEYOND_GDAL: Record<string, Record<string, number>> = {
  TIFF: { xgcp: 650000, xboth: 650000, xcomposite: 600000, wldx: 360000 },
  PNG: { tab: 400000, tabbent: 399999.5, tabunit: 400000, xcomposite: 600000, wldx: 360000 },
  JPEG: { xcomposite: 600000, wldx: 360000 },
  WebP: {
    world: 300000,
    tab: 400000,
    tabbent: 399999.5,
    tabunit: 400000,
    'world+tab': 300000,
    'world+prj': 300000,
    'auxsrs+world': 300000,
    'auxsrs+world+prj': 300000,
    'xidentity+world': 300000,
    'xorder2+world': 300000,
    'world+wld': 300000,
    wld: 350000,
    xcomposite: 600000,
    wldx: 360000,
  },
};

async function placeOf({ format, files, image }: Place): Promise<Georeference> {
  const sidecars = await readSidecars(Object.entries(files).map(([name, text]) => new File([text], name)));
  if (format !== 'TIFF') return placePicture(format, { width, height }, sidecars);
  const file = await readDirectories(blobSource(new Blob([Buffer.from(image!, 'base64')])));
  return readGeoreference(file, file.directories[0]!, { width, height }, sidecars);
}

const named = (format: string, of: string) => cases.find((one) => one.format === format && one.of === of)!;
const affine = (found: Georeference) => {
  if (found.kind === 'none') throw new Error(found.reason);
  return found;
};

describe.each(['TIFF', 'PNG', 'JPEG', 'WebP'] as const)('a %s lies where GDAL puts it', (format) => {
  it.each(cases.filter((one) => one.format === format).map((one) => [one.of, one] as const))(
    'by %s',
    async (of, one) => {
      const found = await placeOf(one);
      const { geotransform, lonLat } = one.gdal;
      if (!geotransform) {
        const beyond = BEYOND_GDAL[format]?.[of];
        if (beyond === undefined) return expect(found.kind).toBe('none');
        return expect(affine(found).geotransform[0]).toBeCloseTo(beyond, 6);
      }
      const ours = affine(found);
      const toPixel = invertGeotransform(geotransform as unknown as Geotransform);
      const corners: [number, number][] = [
        [0, 0],
        [width, height],
      ];
      for (const corner of corners) {
        const [col, row] = applyGeotransform(toPixel, ...applyGeotransform(ours.geotransform, ...corner));
        expect(Math.hypot(col - corner[0], row - corner[1])).toBeLessThan(1e-3);
      }
      if (!lonLat) return;
      const [lon, lat] = makeToLonLat(ours.proj4)!(...applyGeotransform(ours.geotransform, width / 2, height / 2));
      expect(lon).toBeCloseTo(lonLat[0], 6);
      expect(lat).toBeCloseTo(lonLat[1], 6);
    },
  );
});

it('the older GDAL agrees wherever it reads the same files', () => {
  // It takes a TIFF's control points before its transform, and reads neither ArcGIS's coefficients nor its points after a world file.
  const read = cases.filter(
    ({ of, format }) => !/x(form|turned|nosrs|both)/.test(of) && !(format === 'TIFF' && /gcp/.test(of)),
  );
  for (const { format, of, gdal, commandLine } of read) {
    if (gdal.fitted || of === 'tabbent') continue;
    expect([format, of, commandLine?.[0] ?? null]).toEqual([format, of, gdal.geotransform?.[0] ?? null]);
  }
  expect(read.length).toBeGreaterThan(90);
});

describe('a contradiction is noted with what is used', () => {
  const notes = async (format: string, of: string) => (await placeOf(named(format, of))).notes?.join(' ') ?? '';

  it('the world file of a PNG, the .aux.xml of a JPEG', async () => {
    expect(await notes('PNG', 'aux+world')).toContain(
      'a.png.aux.xml and a.pgw give different places; Nadir uses a.pgw, as GDAL does.',
    );
    expect(await notes('JPEG', 'aux+world')).toContain('Nadir uses the .aux.xml, as GDAL does.');
    expect(await notes('JPEG', 'world+tab')).toContain(
      'a.tab and a.jgw give different places; Nadir uses a.jgw, as GDAL does',
    );
    expect(await notes('TIFF', 'world+tab')).toContain('Nadir uses a.tab, as GDAL does.');
    expect(await notes('TIFF', 'world+wld')).toContain('a.wld gives another place than a.tfw; Nadir uses a.tfw.');
    expect(await notes('PNG', 'xgcp+world')).toContain(
      'The 4 ground control points of a.png.aux.xml and a.pgw give different places',
    );
  });

  it('what GDAL doesn’t read beside a format', async () => {
    expect(await notes('PNG', 'tab')).toBe('GDAL and QGIS don’t read a.tab beside a PNG picture; Nadir does.');
    expect(await notes('WebP', 'xgcp+world')).toContain(
      'Nadir uses the control points of a.webp.aux.xml, as GDAL does.',
    );
  });

  it('and there is no note if all agree', async () => {
    expect((await placeOf(named('JPEG', 'tab'))).notes).toBeUndefined();
    const same = {
      ...named('JPEG', 'xform'),
      files: { ...named('JPEG', 'xform').files, 'a.jgw': '1\n0\n0\n-1\n600000.5\n4999999.5\n' },
    };
    expect((await placeOf(same)).notes).toBeUndefined();
  });
});

describe('ArcGIS’s GeodataXform', () => {
  it('of a higher order is refused by name, with the way out', async () => {
    expect(await placeOf(named('JPEG', 'xorder2'))).toMatchObject({
      kind: 'none',
      reason: expect.stringMatching(
        /a\.jpg\.aux\.xml.*polynomial of order 2 \(ArcGIS GeodataXform\).*gdalwarp -order 2/,
      ),
    });
    expect(await placeOf(named('JPEG', 'xorder2+wldx'))).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('a.jgwx gives only an affine near it'),
    });
    expect((await placeOf(named('JPEG', 'xorder2+world'))).notes?.[0]).toMatch(
      /order 2.*can’t apply\. Nadir uses a\.jgw\./,
    );
  });

  it('names its CRS and its source', async () => {
    expect(await placeOf(named('JPEG', 'xturned'))).toMatchObject({
      crs: 'WGS_1984_UTM_Zone_34N',
      source: 'a.jpg.aux.xml (ArcGIS GeodataXform)',
    });
  });

  it('with points of unknown unit in a TIFF is refused', async () => {
    expect(await placeOf(named('TIFF', 'xgcpdown'))).toMatchObject({ reason: expect.stringContaining('unit') });
  });
});

it('sidecars without a transform are named', async () => {
  expect(await placeOf(named('PNG', 'prj'))).toMatchObject({
    kind: 'none',
    reason: 'A PNG picture carries no georeferencing, and the files with it give no transform (a.prj).',
  });
});
