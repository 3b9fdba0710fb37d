import { describe, expect, it } from 'vitest';
import { writeTiff } from '../../../e2e/harness/tiff.ts';
import { openRaster } from '../open/open.ts';
import { readSidecars } from '../sidecars/read.ts';
import { testContext } from '../testing.ts';
import { blobSource } from './byte-source.ts';

const WIDTH = 600;
const HEIGHT = 400;

const main = () =>
  new Blob([
    Uint8Array.from(writeTiff({ width: WIDTH, height: HEIGHT, bands: 3, bits: 8, sample: (col) => col % 200 })),
  ]);

const file = (name: string, options: Parameters<typeof writeTiff>[0]) =>
  new File([Uint8Array.from(writeTiff(options))], name);

async function open(sidecarFiles: File[]) {
  const sidecars = await readSidecars(sidecarFiles);
  return { scene: await openRaster(blobSource(main()), { ...testContext(), sidecars }), sidecars };
}

describe('files dropped along', () => {
  it('a .msk hides what it masks', async () => {
    const sample = (col: number) => (col < 300 ? 255 : 0);
    const { scene } = await open([file('a.tif.msk', { width: WIDTH, height: HEIGHT, bands: 1, bits: 8, sample })]);
    const [red] = await scene.levels[0]!.read(298, 10, 4, 1, [0], null);
    expect([...red!]).toEqual([98, 99, Number.NaN, Number.NaN]);
  });

  it('an .ovr is a level of the image', async () => {
    const overview = file('a.tif.ovr', { width: 300, height: 200, bands: 3, bits: 8, sample: () => 7 });
    const { scene } = await open([overview]);
    expect(scene.levels.map((level) => level.factorX)).toEqual([1, 2]);
    const [red] = await scene.levels[1]!.read(0, 0, 2, 1, [0], null);
    expect([...red!]).toEqual([7, 7]);
  });

  it('of another size are no use, and damaged ones are named', async () => {
    const other = file('a.tif.msk', { width: 10, height: 10, bands: 1, bits: 8, sample: () => 0 });
    const damaged = new File([Uint8Array.of(0x49, 0x49, 42, 0, 255, 255, 0, 0)], 'a.tif.ovr');
    const { scene, sidecars } = await open([other, damaged]);
    const [red] = await scene.levels[0]!.read(5, 0, 1, 1, [0], null);
    expect(red![0]).toBe(5);
    expect(scene.levels).toHaveLength(1);
    expect(sidecars.notes.join()).toMatch(/a\.tif\.ovr was left out: .*incomplete/);
  });
});
