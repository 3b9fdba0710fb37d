import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { describe, expect, it } from 'vitest';
import { useBrowser } from '../harness/app.ts';
import type { AppPage } from '../harness/app-page.ts';

const browser = useBrowser({ webgpu: 'off' });
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe rates as serious or critical, with its place. */
async function seriousFindings(app: AppPage): Promise<string[]> {
  await app.page.evaluate(axeSource);
  const { violations } = await app.page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

describe.each(['dark', 'light'] as const)('axe, %s', (colorScheme) => {
  it('finds nothing serious on the front door and beside an answer', async () => {
    const app = await browser.open({ colorScheme });
    await app.page.getByRole('button', { name: 'Sample scene' }).waitFor();
    expect(await seriousFindings(app)).toEqual([]);
    await app.openSample();
    await app.modelReady();
    await app.startTask('Find', 'airplane');
    await app.answered();
    const map = app.page.getByRole('button', { name: 'Map the scene' });
    if ((await map.count()) > 0) {
      await map.click();
      await app.page.getByRole('table', { name: /Classes of land cover/ }).waitFor();
      await app.answered();
    }
    expect(await seriousFindings(app)).toEqual([]);
  });
});
