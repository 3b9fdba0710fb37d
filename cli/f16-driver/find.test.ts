import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findF16Driver, installedDrivers, type Probe, prepareF16 } from './find.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nadir-drivers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const probes = (answers: Record<string, Probe>) => {
  const asked: string[] = [];
  const probe = async (driver: string) => {
    asked.push(driver);
    return answers[driver]!;
  };
  return { asked, probe };
};

it('lists driver files, a software driver last', () => {
  mkdirSync(join(folder, 'a'));
  for (const name of ['lvp_icd.json', 'radeon_icd.json', 'notes.txt']) writeFileSync(join(folder, 'a', name), '{}');
  const places = [join(folder, 'missing'), join(folder, 'a')];
  const files = installedDrivers({}, 'linux', places);
  expect(files).toEqual([join(folder, 'a', 'radeon_icd.json'), join(folder, 'a', 'lvp_icd.json')]);
});

it('uses the named driver, or the system’s if drivers have no files', () => {
  expect(installedDrivers({ VK_DRIVER_FILES: '/d.json' }, 'linux', [folder])).toEqual(['/d.json']);
  expect(installedDrivers({}, 'darwin', [folder])).toEqual(['system']);
});

it('uses the first driver with f16 and tries no other', async () => {
  const { asked, probe } = probes({
    a: { label: null, f16: false },
    b: { label: 'acme rocket', f16: true },
  });
  expect(await findF16Driver(['a', 'b', 'c'], probe)).toEqual({ found: true, driver: 'b', label: 'acme rocket' });
  expect(asked).toEqual(['a', 'b']);
});

it('says what each driver lacked', async () => {
  const { probe } = probes({
    '/x/old_icd.json': { label: 'acme cart', f16: false },
    '/x/no_icd.json': { label: null, f16: false },
  });
  const answer = await findF16Driver(['/x/old_icd.json', '/x/no_icd.json'], probe);
  expect(answer).toEqual({
    found: false,
    reason:
      'no Vulkan driver with shader-f16 was found (old_icd.json: acme cart has no f16; no_icd.json: no adapter). CONTRIBUTING.md names one.',
  });
  expect(await findF16Driver([], probe)).toMatchObject({
    reason: 'no Vulkan driver with shader-f16 was found. CONTRIBUTING.md names one.',
  });
});

it('runs the tests on the driver found and asks them to insist on it, but not twice on one driver', async () => {
  const found = Promise.resolve({ found: true, driver: '/d.json', label: 'acme rocket' } as const);
  const insisting = { VK_DRIVER_FILES: '/d.json', VK_ICD_FILENAMES: '/d.json', REQUIRE_WEBGPU: '1', REQUIRE_F16: '1' };
  expect(await prepareF16(true, found, null)).toEqual(insisting);
  expect(await prepareF16(false, found, '/d.json')).toEqual(insisting);
  expect(await prepareF16(true, found, '/d.json')).toBe('the unit tests ran on "acme rocket", which has f16.');
  expect(await prepareF16(false, Promise.resolve({ found: false, reason: 'none.' }), null)).toBe('none.');
});

it('asks a real process, and treats one that dies as having no adapter', async () => {
  const answer = await findF16Driver([join(folder, 'absent_icd.json')]);
  expect(answer).toMatchObject({ found: false, reason: expect.stringContaining('absent_icd.json: no adapter') });
});
