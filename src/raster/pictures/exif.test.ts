import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NOTHING_STATED } from '../../imagery/image.ts';
import { FIXTURES, openFixture, readGoldens } from '../testing.ts';
import { jpegHeaderOf } from './browser-decode.ts';
import { statedInExif } from './exif.ts';
import { readPngChunks } from './png-chunks.ts';
import { readWebpHeader } from './webp-header.ts';

/** Pillow's, by e2e/fixtures/stated/stated.py. */
interface Golden {
  taken: string;
  offset: string;
  model: string;
  written: string;
  description: string;
  lat: number;
  lon: number;
  altitude: number;
}
const goldens = readGoldens<Record<string, Golden>>('../stated/stated-goldens.json');
const bytesOf = (name: string) => new Uint8Array(readFileSync(`${FIXTURES}../stated/${name}`));

describe('what EXIF data state', () => {
  it.each([
    ['stated-exif.jpg', jpegHeaderOf],
    ['stated-exif.png', readPngChunks],
    ['stated-exif.webp', (bytes: Uint8Array) => readWebpHeader(bytes)!],
  ] as const)('is read from %s', (name, read) => {
    const golden = goldens[name]!;
    const { camera, ...stated } = read(bytesOf(name)).stated;
    expect(stated).toEqual({
      acquired: { text: `${golden.taken} ${golden.offset}`, tag: 'EXIF DateTimeOriginal' },
      written: { text: golden.written, tag: 'EXIF DateTime' },
      // The model's name begins with the maker's.
      sensor: { text: golden.model, tag: 'EXIF Make, Model' },
      description: golden.description,
    });
    expect(camera).toMatchObject({ altitudeMetres: golden.altitude, tag: 'EXIF GPS' });
    expect(camera!.latDeg).toBeCloseTo(golden.lat, 9);
    expect(camera!.lonDeg).toBeCloseTo(golden.lon, 9);
  });

  it('is part of an opened picture, and doesn’t place it', async () => {
    const scene = await openFixture('../stated/stated-exif.png');
    expect(scene.stated?.acquired?.text).toMatch(/^2021:07:30/);
    expect(scene.georeference.kind).toBe('none');
    expect((await openFixture('../pictures/grey8.png')).stated).toEqual(NOTHING_STATED);
  });

  it('never fails, whatever the bytes are', () => {
    const whole = bytesOf('stated-exif.png');
    const start = whole.findIndex(
      (byte, i) => byte === 0x65 && String.fromCharCode(...whole.subarray(i, i + 4)) === 'eXIf',
    );
    const length = new DataView(whole.buffer).getUint32(start - 4);
    const exif = whole.slice(start + 4, start + 4 + length);
    expect(statedInExif(exif, 0, exif.length)?.acquired).not.toBeNull();
    for (let cut = 0; cut < exif.length; cut++) {
      expect(() => statedInExif(exif, 0, cut)).not.toThrow();
      expect(() => statedInExif(exif.slice(0, cut), 0, exif.length)).not.toThrow();
    }
    // A fixed sequence of pseudo-random changes.
    let seed = 12345;
    const next = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return seed % below;
    };
    for (let i = 0; i < 20_000; i++) {
      const damaged = exif.slice();
      for (let k = 0; k <= next(4); k++) damaged[next(exif.length)] = next(256);
      expect(() => statedInExif(damaged, 0, damaged.length)).not.toThrow();
    }
    expect(statedInExif(exif, 0, -2)).toBeNull();
    expect(statedInExif(exif, exif.length + 5, 20)).toBeNull();
    expect(statedInExif(new Uint8Array(64), 0, 64)).toBeNull();
  });

  it('doesn’t take blanks and zeros for a date or a place', () => {
    const blank = bytesOf('stated-exif.jpg');
    const put = (text: string, by: string) => {
      const at = Buffer.from(blank).indexOf(text);
      expect(at).toBeGreaterThan(0);
      blank.set(Buffer.from(by), at);
    };
    put('2021:07:30 09:15:42', '0000:00:00 00:00:00');
    put('2021:08:01 12:00:00', '    :  :     :  :  ');
    expect(jpegHeaderOf(blank).stated).toMatchObject({ acquired: null, written: null });
  });
});
