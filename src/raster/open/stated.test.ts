import { expect, it } from 'vitest';
import { openFixture, readGoldens } from '../testing.ts';

/** By e2e/fixtures/stated/stated.py: GDAL's metadata by domain, and Pillow's of the camera. */
type Golden = Record<string, Record<string, string>>;
const goldens = readGoldens<Record<string, Golden>>('../stated/stated-goldens.json');
const stated = async (name: string) => (await openFixture(`../stated/${name}`)).stated;

it('reads the satellite and its time from GDAL’s imagery domain', async () => {
  const { ACQUISITIONDATETIME, SATELLITEID } = goldens['stated-imagery.tif']!.IMAGERY!;
  expect(await stated('stated-imagery.tif')).toEqual({
    acquired: { text: ACQUISITIONDATETIME, tag: 'ACQUISITIONDATETIME' },
    written: null,
    sensor: { text: SATELLITEID, tag: 'SATELLITEID' },
    description: null,
    camera: null,
  });
});

it('reads a product’s own names', async () => {
  const golden = goldens['stated-landsat.tif']!['']!;
  expect(await stated('stated-landsat.tif')).toMatchObject({
    acquired: { text: golden.DATE_ACQUIRED, tag: 'DATE_ACQUIRED' },
    sensor: { text: `${golden.SPACECRAFT_ID} ${golden.SENSOR_ID}`, tag: 'SPACECRAFT_ID, SENSOR_ID' },
  });
});

it('tells when a file was written from when it was taken', async () => {
  const golden = goldens['stated-written.tif']!['']!;
  expect(await stated('stated-written.tif')).toEqual({
    acquired: null,
    written: { text: golden.TIFFTAG_DATETIME, tag: 'DateTime' },
    sensor: null,
    description: golden.TIFFTAG_IMAGEDESCRIPTION,
    camera: null,
  });
});

it('reads the camera', async () => {
  const golden = goldens['stated-camera.tif'] as unknown as Record<string, string>;
  expect(await stated('stated-camera.tif')).toMatchObject({
    sensor: { text: `${golden.make} ${golden.model}`, tag: 'Make, Model' },
    written: { text: golden.written },
  });
});

it('states nothing of a file that states nothing', async () => {
  expect(await stated('stated-nothing.tif')).toEqual({
    acquired: null,
    written: null,
    sensor: null,
    description: null,
    camera: null,
  });
});
