import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sidecarsOf } from './page-driver.ts';

const folder = mkdtempSync(join(tmpdir(), 'nadir-sidecars-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the command line includes an image’s sidecars, as a drop would', () => {
  for (const name of ['a.png', 'a.PGW', 'a.tfw', 'a.png.aux.xml', 'a.tab', 'a.prj', 'b.prj', 'a.txt', 'a.jpg']) {
    writeFileSync(join(folder, name), 'x');
  }
  const beside = sidecarsOf(join(folder, 'a.png')).map((path) => basename(path));
  expect(beside.sort()).toEqual(['a.PGW', 'a.png.aux.xml', 'a.prj', 'a.tab']);
});
