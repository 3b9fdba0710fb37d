import { openAsBlob } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openRaster } from '../open/open.ts';
import { FIXTURES, testContext } from '../testing.ts';
import { blobSource } from '../tiff/byte-source.ts';
import { parsePam } from './pam.ts';
import { readSidecars } from './read.ts';
import { parseWorldFile } from './world-file.ts';
import { childOf, parseXml } from './xml.ts';

const file = (name: string, text: string) => new File([text], name);

describe('world files', () => {
  it('place the first centre, so the corner lies half a pixel before it', () => {
    expect(parseWorldFile('2\n0\n0\n-2\n1001\n1999\n')).toEqual([1000, 2, 0, 2000, 0, -2]);
  });

  it('turn and shear', () => {
    const [x, a, b, y, d, e] = parseWorldFile('0.5\r\n0.1\r\n0.2\r\n-0.5\r\n100\r\n200')!;
    expect([a, b, d, e]).toEqual([0.5, 0.2, 0.1, -0.5]);
    expect(x).toBeCloseTo(99.65, 12);
    expect(y).toBeCloseTo(200.2, 12);
  });

  it('may have decimal commas and spaces', () => {
    expect(parseWorldFile(' 0,5 \n0\n0\n-0,5\n 10,25\n20\n\n')).toEqual([10, 0.5, 0, 20.25, 0, -0.5]);
  });

  it.each(['', '1\n0\n0\n-1\n5', '1\n0\n0\nx\n5\n6', '0\n0\n0\n0\n5\n6'])(
    'that aren’t six usable numbers are refused: %j',
    (text) => {
      expect(parseWorldFile(text)).toBeNull();
    },
  );
});

describe('XML', () => {
  it('is read with attributes, entities, comments and character data', () => {
    const root = parseXml(
      '<?xml version="1.0"?><!-- c --><A x="1 &lt; 2" y=\'&#233;\'><B/> t &amp; u <C><![CDATA[<raw>]]></C></A>',
    )!;
    expect(root.attributes.get('x')).toBe('1 < 2');
    expect(root.attributes.get('y')).toBe('é');
    expect(root.text).toBe('t & u');
    expect(childOf(root, 'C')?.text).toBe('<raw>');
  });

  it.each(['<a><b></a>', '<a>', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'no markup'])(
    'that is broken or hostile is refused: %s',
    (text) => {
      expect(parseXml(text)).toBeNull();
    },
  );

  it('nested without end is refused', () => {
    expect(parseXml('<a>'.repeat(5000))).toBeNull();
  });
});

describe('GDAL’s auxiliary XML', () => {
  const text = `<PAMDataset>
    <SRS dataAxisToSRSAxisMapping="1,2">GEOGCS["WGS 84"]</SRS>
    <GeoTransform> 5.0e+02, 3, 0, 7.5, 0, -3</GeoTransform>
    <GCPList Projection="EPSG:4326"><GCP Id="" Pixel="1.5" Line="2.5" X="10" Y="50"/></GCPList>
    <Metadata domain="RPC"><MDI key="LINE_OFF">1</MDI></Metadata>
    <PAMRasterBand band="2"><NoDataValue>-9999</NoDataValue><Description>nir</Description><ColorInterp>NIR</ColorInterp><UnitType>m</UnitType><Scale>0.01</Scale>
      <Metadata><MDI key="STATISTICS_MINIMUM">1</MDI><MDI key="STATISTICS_MAXIMUM">9</MDI><MDI key="STATISTICS_MEAN">4</MDI><MDI key="STATISTICS_STDDEV">2</MDI></Metadata>
    </PAMRasterBand></PAMDataset>`;

  it('gives transform, CRS, control points, camera model, nodata and statistics', () => {
    expect(parsePam(text)).toEqual({
      geotransform: [500, 3, 0, 7.5, 0, -3],
      srs: 'GEOGCS["WGS 84"]',
      gcps: [{ col: 1.5, row: 2.5, x: 10, y: 50 }],
      gcpSrs: 'EPSG:4326',
      xform: null,
      hasRpc: true,
      bands: [
        {
          index: 1,
          nodata: '-9999',
          description: 'nir',
          colourInterpretation: 'NIR',
          measure: { unit: 'm', scale: 0.01 },
          statistics: { min: 1, max: 9, mean: 4, stdDev: 2 },
        },
      ],
    });
  });

  it('of another kind is not PAM', () => {
    expect(parsePam('<metadata><idinfo/></metadata>')).toBeNull();
  });
});

describe('the files beside an image', () => {
  it('are distinguished by their names', async () => {
    const found = await readSidecars([
      file('a.tfw', '1\n0\n0\n-1\n5\n6'),
      file('a.prj', 'GEOGCS["x"]'),
      file('a.tif.aux.xml', '<PAMDataset/>'),
      file('a.tif.msk', 'II*'),
      file('a.tif.ovr', 'II*'),
      file('a_rpc.txt', 'LINE_OFF: 1'),
    ]);
    expect(found.worldFile?.name).toBe('a.tfw');
    expect(found.projection?.wkt).toBe('GEOGCS["x"]');
    expect(found.pam?.content.bands).toEqual([]);
    expect([found.mask?.name, found.overviews?.name, found.hasRpc]).toEqual(['a.tif.msk', 'a.tif.ovr', true]);
    expect(found.notes).toEqual([]);
  });

  it('of one kind: the one closer by name is used, and the other is named', async () => {
    const pam = (x: number) => `<PAMDataset><GeoTransform>${x}, 3, 0, 7.5, 0, -3</GeoTransform></PAMDataset>`;
    for (const names of [
      ['a.aux.xml', 'a.png.aux.xml'],
      ['a.png.aux.xml', 'a.aux.xml'],
    ]) {
      const found = await readSidecars(names.map((name) => file(name, pam(name.length))));
      expect(found.pam?.content.geotransform?.[0]).toBe('a.png.aux.xml'.length);
      expect(found.notes).toEqual([
        'a.aux.xml was ignored: a.png.aux.xml is of the same kind, and its name is closer to the image’s.',
      ]);
    }
  });

  it('that Nadir doesn’t read are named with their kind', async () => {
    const files = ['a.map', 'a.kml', 'a.aux', 'a.rrd', 'a.points'].map((name) => file(name, 'x'));
    const { notes } = await readSidecars(files);
    expect(notes.map((note) => /(OziExplorer|KML|ERDAS aux|ERDAS over|QGIS)/.exec(note)?.[1]).sort()).toEqual([
      'ERDAS aux',
      'ERDAS over',
      'KML',
      'OziExplorer',
      'QGIS',
    ]);
  });

  it('with a .tab that registers no image say so', async () => {
    const { tab, notes } = await readSidecars([
      file('a.tab', '!table\n!version 300\nDefinition Table\n  Type NATIVE Charset "Neutral"\n'),
    ]);
    expect(tab).toBeNull();
    expect(notes).toEqual(['a.tab is a MapInfo table of type NATIVE, which registers no image; it was ignored.']);
    const two = '!table\n  Type "RASTER"\n  (1,2) (0,0) Label "Pt 1",\n  (2,2) (9,0) Label "Pt 2"\n';
    expect((await readSidecars([file('a.tab', two)])).notes[0]).toContain('gives 2 control points, and 3 are needed');
  });

  it('that can’t be read or used are named', async () => {
    const found = await readSidecars([
      file('a.tfw', 'nonsense'),
      file('a.prj', ''),
      file('a.tif.aux.xml', '<other/>'),
      file('a.tif.xml', '<metadata/>'),
    ]);
    expect(found.worldFile ?? found.projection ?? found.pam).toBeNull();
    expect(found.notes.map((note) => note.split(' ')[0]).sort()).toEqual([
      'a.prj',
      'a.tfw',
      'a.tif.aux.xml',
      'a.tif.xml',
    ]);
  });
});

describe('what .aux.xml says of bands', () => {
  const opened = async (text: string) => {
    const sidecars = await readSidecars([file('tiles-raw.tif.aux.xml', `<PAMDataset>${text}</PAMDataset>`)]);
    const source = blobSource(await openAsBlob(`${FIXTURES}tiles-raw.tif`));
    return { scene: await openRaster(source, { ...testContext(), sidecars }), sidecars };
  };

  it('overrides the file: nodata hides pixels, names are shown', async () => {
    const plain = await opened('');
    const [value] = (await plain.scene.readPixel(5, 7))!;
    const { scene } = await opened(
      `<PAMRasterBand band="1"><NoDataValue>${value}</NoDataValue><Description>shore</Description></PAMRasterBand>`,
    );
    expect(scene.bands.map((band) => band.nodata?.value)).toEqual([value, undefined, undefined]);
    expect(scene.bands[0]!.name).toBe('shore');
    const [plane] = await scene.levels[0]!.read(5, 7, 1, 1, [0], null);
    expect(plane![0]).toBeNaN();
  });

  it('is each band’s own: another band keeps its value', async () => {
    const plain = await opened('');
    const [value] = (await plain.scene.readPixel(5, 7))!;
    const bands = [`1"><NoDataValue>${value}`, '2"><NoDataValue>300', '3"><NoDataValue>nan'];
    const { scene } = await opened(
      bands.map((band) => `<PAMRasterBand band="${band}</NoDataValue></PAMRasterBand>`).join(''),
    );
    expect(scene.bands.map((band) => band.nodata?.value)).toEqual([value, undefined, undefined]);
    expect(scene.notes).toEqual([
      'Band 2: The nodata value 300 lies outside uint8 (0 to 255), so no pixel can have it.',
      'Band 3: The nodata value nan lies outside uint8 (0 to 255), so no pixel can have it.',
    ]);
    const planes = await scene.levels[0]!.read(0, 0, scene.width, scene.height, [0, 1, 2], null);
    expect(planes.map((plane) => plane.some(Number.isNaN))).toEqual([true, false, false]);
  });

  it('without a band number belongs to none, as in GDAL', async () => {
    const { scene } = await opened('<PAMRasterBand><NoDataValue>7</NoDataValue></PAMRasterBand>');
    expect(scene.bands.every((band) => band.nodata === undefined)).toBe(true);
  });
});
