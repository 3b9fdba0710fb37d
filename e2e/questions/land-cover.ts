import { readFile } from 'node:fs/promises';
import { fromArrayBuffer } from 'geotiff';
import { expect } from 'vitest';
import type { AppPage } from '../harness/app-page.ts';

export const mapsLandCover = (app: AppPage): Promise<boolean> =>
  app.page.evaluate(() => globalThis.nadir!.session.cover.isOffered.value);

/**
 * Maps the open scene, whose tiles were looked at for other questions, switches a class off by the keyboard, and saves the map. The legend's
 * areas are those of the saved cells.
 */
export async function storyOfLandCover(app: AppPage): Promise<void> {
  const { page } = app;
  await page.getByRole('button', { name: 'Map the scene' }).click();
  await page.getByRole('table', { name: /Classes of land cover/ }).waitFor();
  await app.answered();
  const mapped = (await app.answers()).at(-1);
  expect(mapped?.text).toMatch(/^Land cover: .+ %.* By land cover in cells of 1\.2 m/);
  expect(mapped?.progress.elapsedMs).toBeLessThan(3000);

  const legend = await legendOf(app);
  expect(legend.length).toBeGreaterThan(3);
  const shares = legend.map(({ share }) => Number(/[\d.]+/.exec(share)?.[0] ?? 0));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, -0.5);

  const [first] = legend;
  const toggle = page.getByRole('checkbox', { name: `Show ${first!.label}` });
  await toggle.focus();
  await page.keyboard.press('Space');
  expect(await page.evaluate(() => globalThis.nadir!.session.cover.layer.value?.shown.hidden)).toEqual([first!.label]);
  await page.keyboard.press('Space');

  const download = page.waitForEvent('download');
  await page
    .getByRole('region', { name: 'Land cover' })
    .getByRole('button', { name: /^Export .*GeoTIFF/ })
    .click();
  const saved = await download;
  const image = await (await fromArrayBuffer(bufferOf(await readFile(await saved.path())))).getImage();
  const [east, north] = image.getOrigin();
  const [width = 0, height = 0] = image.getResolution();
  const corner = await page.evaluate(() => {
    const { georeference } = globalThis.nadir!.session.layers.active.value!.info;
    return georeference.kind === 'affine' ? [georeference.geotransform[0], georeference.geotransform[3]] : null;
  });
  expect([east, north]).toEqual(corner);
  const [cells] = (await image.readRasters()) as unknown as Uint8Array[];
  const counted = legend.map(({ label }, k) => {
    const count = cells!.filter((value) => value === k).length;
    return { label, hectares: (count * Math.abs(width * height)) / 1e4 };
  });
  for (const [k, { label, hectares }] of counted.entries()) {
    const shown = Number(/[\d.]+/.exec(legend[k]!.area)?.[0] ?? Number.NaN);
    // On the ground a cell isn't quite as large as on the map.
    if (!legend[k]!.area.startsWith('<'))
      expect(Math.abs(shown - hectares), label).toBeLessThan(0.01 * hectares + 0.001);
  }
}

async function legendOf({ page }: AppPage): Promise<{ label: string; area: string; share: string }[]> {
  const rows = page.getByRole('table', { name: /Classes of land cover/ }).locator('tbody tr');
  await rows.locator('td', { hasText: /ha|m²/ }).first().waitFor();
  return rows.evaluateAll((all) =>
    all.map((row) => {
      const [label = '', area = '', share = ''] = [...row.children].map((cell) => cell.textContent?.trim() ?? '');
      return { label, area, share };
    }),
  );
}

const bufferOf = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;
