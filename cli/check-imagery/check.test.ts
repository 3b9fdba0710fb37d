import { openAsBlob, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../paths.ts';
import { judge, type Row } from './judge.ts';
import { comparePixels, compareWithFingerprint } from './pixels.ts';
import { type Reading, readImage } from './read-image.ts';
import { fingerprintOf, type Reference } from './reference.ts';
import { behindMark, failed, markdownOf, summaryOf } from './table.ts';

function fixtures(folder: string) {
  const path = join(ROOT, 'e2e/fixtures', folder);
  const { files } = JSON.parse(readFileSync(join(path, 'expected.json'), 'utf8')) as {
    files: Record<string, Reference>;
  };
  const beside = readdirSync(path);
  const names = beside.filter((name) => /\.(tif|jpg)$/.test(name));
  const fileOf = async (name: string) => new File([await openAsBlob(join(path, name))], name);
  return {
    files,
    names,
    async check(name: string): Promise<{ row: Row; reading: Reading }> {
      const reference = files[name]!;
      const sidecars = beside.filter((other) => other.startsWith(`${name}.`));
      const reading = await readImage(
        await fileOf(name),
        await Promise.all(sidecars.map(fileOf)),
        reference.windows ?? null,
      );
      return { row: judge(name, reading, reference, null), reading };
    },
  };
}

const { files, names, check } = fixtures('imagery');

describe('files of every flavour, against what GDAL says of them', () => {
  it('open correctly or are refused with a reason', async () => {
    const rows: Row[] = [];
    for (const name of names) rows.push((await check(name)).row);
    expect(rows.filter(({ verdict }) => verdict === 'WRONG' || verdict === 'CRASH')).toEqual([]);
    const good = rows.filter(({ verdict }) => verdict === 'right');
    // webp.tif needs a browser; npm run check:imagery reads it there.
    expect(good.length).toBeGreaterThanOrEqual(46);
    expect(good.filter(({ cornerErrorPx }) => cornerErrorPx !== null).length).toBeGreaterThanOrEqual(45);
    expect(
      rows
        .filter(({ file }) => !file.startsWith('broken-') && file !== 'webp.tif')
        .every(({ verdict }) => verdict === 'right'),
    ).toBe(true);
    expect(summaryOf(rows)).toMatch(/^62 files: 4\d right/);
    expect(failed(rows)).toBe(false);
  }, 60_000);
});

describe('nodata in every spelling, alpha in every place, blocks left out, chroma shared in every way', () => {
  const values = fixtures('values');

  it('read as GDAL reads them', async () => {
    const rows: Row[] = [];
    for (const name of values.names) rows.push((await values.check(name)).row);
    // JPEG too: the decoding is libjpeg's to the bit.
    expect(rows.filter(({ verdict, pixels }) => verdict !== 'right' || pixels !== 'equal')).toEqual([]);
    expect(rows.length).toBe(Object.keys(values.files).length);
    expect(rows.length).toBeGreaterThanOrEqual(134);
  });
});

describe('a wrong reading is noticed', () => {
  const spoiled = async (change: (reading: Extract<Reading, { ok: true }>) => void): Promise<Row> => {
    const { reading } = await check('rotated.tif');
    if (!reading.ok) throw new Error(reading.message);
    change(reading);
    return judge('rotated.tif', reading, files['rotated.tif']!, null);
  };

  it('one sample', async () => {
    const row = await spoiled(({ samples }) => samples.fill(samples[0]! + 1, 0, 1));
    expect(row).toMatchObject({ verdict: 'WRONG', note: expect.stringContaining('pixels') });
  });

  it('a pixel that should be invalid', () => {
    const ours = Float32Array.of(1, 2, 3);
    const theirs = Float32Array.of(1, Number.NaN, 3);
    expect(comparePixels(ours, theirs, true)).toMatchObject({ good: false });
    expect(compareWithFingerprint(ours, fingerprintOf(theirs), false).good).toBe(false);
    expect(compareWithFingerprint(ours, fingerprintOf(ours.slice()), false)).toEqual({ good: true, words: 'equal' });
  });

  it('a lossy image only if it is too far off', () => {
    const ours = new Float32Array(100).fill(100);
    expect(
      comparePixels(
        ours,
        ours.map((v) => v + 1),
        true,
      ),
    ).toEqual({ good: true, words: 'PSNR 48.1 dB' });
    expect(
      comparePixels(
        ours,
        ours.map((v) => v + 4),
        true,
      ).good,
    ).toBe(false);
    expect(
      comparePixels(
        ours,
        ours.map((v) => v + 1),
        false,
      ).good,
    ).toBe(false);
  });

  it('a fifth of a pixel', async () => {
    const row = await spoiled((reading) => {
      const { georeference } = reading;
      if (georeference.kind !== 'affine') return;
      const [x, a, b, y, d, e] = georeference.geotransform;
      reading.georeference = { ...georeference, geotransform: [x + 0.2 * a, a, b, y + 0.2 * d, d, e] };
    });
    expect(row).toMatchObject({ verdict: 'WRONG', note: expect.stringMatching(/corners 0\.2\d* px off/) });
  });

  it('another longitude', async () => {
    const row = await spoiled((reading) => {
      reading.lonLat = reading.lonLat!.map(([lon, lat]) => [lon + 1e-4, lat]);
    });
    expect(row.verdict).toBe('WRONG');
  });

  it('an error without a type, which fails the run', () => {
    const row = judge('a.tif', { ok: false, code: 'CRASH', message: 'TypeError: x' }, null, null);
    expect(row.verdict).toBe('CRASH');
    expect(failed([row])).toBe(true);
    expect(markdownOf([row], 'npm run check:imagery -- DIR', 'GDAL')).toContain('| a.tif | CRASH |');
  });
});

it('a regenerated table keeps the hand-written text above it', () => {
  const made = markdownOf([], 'npm run check:imagery -- DIR', 'GDAL');
  const mark = '<!-- What follows is made by npm run check:imagery. -->';
  const once = behindMark(`# Imagery\n\nBy hand.\n\n${mark}\n\nold table\n`, made);
  expect(once).toMatch(/^# Imagery\n\nBy hand\.\n\n<!--.*-->\n\nEvery file/);
  expect(once).not.toContain('old table');
  expect(behindMark(once, made)).toBe(once);
  expect(behindMark('anything', made)).toBe(made);
});
