import { openAsBlob, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../paths.ts';
import { judge } from './judge.ts';
import { readImage } from './read-image.ts';
import type { Reference } from './reference.ts';

const FOLDER = join(ROOT, 'e2e/fixtures/pictures');
const { files } = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as {
  files: Record<string, Reference>;
};

const pngs = Object.keys(files).filter((name) => name.endsWith('.png'));

it('every PNG is there to be compared', () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.png'));
  expect(names.sort()).toEqual(pngs.sort());
  expect(names.length).toBe(41);
});

// WebP needs a browser: npm run check:imagery reads it there, and e2e/pictures in the app. JPEGs are compared in check.test.ts.
it.each(pngs)('%s has the samples that GDAL reads', async (name) => {
  const reference = files[name]!;
  const file = new File([await openAsBlob(join(FOLDER, name))], name);
  const reading = await readImage(file, [], reference.windows);
  expect(judge(name, reading, reference, null)).toMatchObject({ verdict: 'right', pixels: 'equal' });
});
