import { describe, expect, it } from 'vitest';
import { groupFiles } from './file-groups.ts';

const named = (...names: string[]) => groupFiles(names.map((name) => new File(['x'], name)));
const shown = (...names: string[]) => {
  const { groups, orphans, ambiguous, unknown } = named(...names);
  return {
    groups: groups.map(({ main, sidecars }) => [main.name, ...sidecars.map(({ name }) => name)]),
    orphans: orphans.map(({ name }) => name),
    ...(ambiguous.length > 0 && { ambiguous: ambiguous.map(({ name }) => name) }),
    unknown: unknown.map(({ name }) => name),
  };
};

describe('files dropped together', () => {
  it('are an image and its sidecars, whatever their order and case', () => {
    const names = ['a.tfw', 'A.PRJ', 'a.tif.aux.xml', 'a.tif', 'a.tif.msk', 'a_RPC.TXT', 'a.tif.ovr'];
    expect(shown(...names)).toEqual({
      groups: [['a.tif', 'a.tfw', 'A.PRJ', 'a.tif.aux.xml', 'a.tif.msk', 'a_RPC.TXT', 'a.tif.ovr']],
      orphans: [],
      unknown: [],
    });
  });

  it('are several images, each with its own', () => {
    expect(shown('a.tif', 'b.tif', 'b.tfw', 'a.wld').groups).toEqual([
      ['a.tif', 'a.wld'],
      ['b.tif', 'b.tfw'],
    ]);
  });

  it('give a world file to the image whose kind it names', () => {
    expect(shown('a.png', 'a.tif', 'a.tfw', 'a.pgw').groups).toEqual([
      ['a.png', 'a.pgw'],
      ['a.tif', 'a.tfw'],
    ]);
  });

  it('take a world file by every name that GDAL looks for, upper and lower case', () => {
    const names: [string, string[]][] = [
      ['a.tif', ['a.tfw', 'a.TIFW', 'a.tfwx', 'a.WLD']],
      ['a.TIFF', ['a.tfw', 'a.tiffw', 'A.TIFW']],
      ['a.png', ['a.pgw', 'a.PNGW', 'a.pgwx', 'a.wld']],
      ['a.jpg', ['a.jgw', 'a.jpgw', 'a.jpw', 'a.JGWX', 'a.wld']],
      ['a.jpeg', ['a.jgw', 'a.jpegw', 'a.jpgw']],
      ['a.webp', ['a.wpw', 'a.webpw', 'a.wld']],
      ['scene', ['scene.tfw', 'scene.pgw']],
    ];
    for (const [image, worlds] of names) expect(shown(image, ...worlds).groups).toEqual([[image, ...worlds]]);
    expect(shown('a.png', 'a.tfw').orphans).toEqual(['a.tfw']);
    expect(shown('a.jpg', 'a.pgw', 'a.tifw').orphans).toEqual(['a.pgw', 'a.tifw']);
  });

  it('share sidecars named after the stem alone, and recognise those that aren’t used', () => {
    expect(
      shown('a.png', 'a.jpg', 'a.tab', 'a.prj', 'a.jgw', 'a.jpg.aux.xml', 'a.map', 'a.kml', 'a.aux').groups,
    ).toEqual([
      ['a.png', 'a.tab', 'a.prj', 'a.map', 'a.kml', 'a.aux'],
      ['a.jpg', 'a.tab', 'a.prj', 'a.jgw', 'a.jpg.aux.xml', 'a.map', 'a.kml', 'a.aux'],
    ]);
  });

  it('leave aside a sidecar of two images of one name, from different folders', () => {
    expect(shown('tile.tif', 'TILE.tif', 'tile.tfw', 'other.tif', 'other.prj')).toEqual({
      groups: [['tile.tif'], ['TILE.tif'], ['other.tif', 'other.prj']],
      orphans: [],
      ambiguous: ['tile.tfw'],
      unknown: [],
    });
  });

  it('leave over files that belong to nothing', () => {
    expect(shown('a.tif', 'b.tfw', 'readme.txt')).toEqual({
      groups: [['a.tif']],
      orphans: ['b.tfw'],
      unknown: ['readme.txt'],
    });
  });

  it('may have any name if no image is among them', () => {
    expect(shown('scene', 'scene.tfw').groups).toEqual([['scene', 'scene.tfw']]);
    expect(shown('only.tfw')).toEqual({ groups: [], orphans: ['only.tfw'], unknown: [] });
  });
});
