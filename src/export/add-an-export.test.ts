import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parseAnalyzeOptions, UsageError } from '../../cli/analyze-options.ts';
import { installAutomation } from '../session/automation/automation.ts';
import { fakeWorkers } from '../session/fakes.ts';
import { createSession } from '../session/session.ts';
import type { ExportFormat } from './format.ts';

/** docs/add-an-export.md, followed with a toy: this is its file … */
const csv = vi.hoisted(
  (): ExportFormat => ({
    id: 'toy-csv',
    label: 'CSV',
    extension: 'csv',
    mime: 'text/csv',
    write: async ({ image, objects }) => {
      const rows = objects.map(({ label, number, score, box }) => [label, number, score, box.cx, box.cy]);
      const lines = [
        ['image', 'label', 'number', 'score', 'col', 'row'],
        ...rows.map((row) => [image.fileName, ...row]),
      ];
      return new Blob([lines.map((line) => `${line.join(',')}\n`).join('')], { type: 'text/csv' });
    },
  }),
);
/** … and this its line in the table. */
vi.mock('./formats.ts', async (original) => {
  const { exportFormats } = await original<typeof import('./formats.ts')>();
  return { exportFormats: [...exportFormats, csv] };
});

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
  globalThis.nadir = undefined;
});

async function answered() {
  const session = createSession(fakeWorkers());
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  const answer = await session.asking.ask({ task: 'find', label: 'car' });
  return { session, answer };
}
const ROWS = 'image,label,number,score,col,row\nscene.tif,car,1,0.9,40,40\nscene.tif,car,2,0.9,70,70\n';

it('is in the menu and writes a file, with nothing else changed', async () => {
  const { session, answer } = await answered();
  expect(session.exporting.formats.at(-1)).toBe(csv);
  const { fileName, blob } = await session.exporting.exportAs('toy-csv', [answer.id]);
  expect([fileName, blob.type, await blob.text()]).toEqual(['scene.csv', 'text/csv', ROWS]);
  const [first] = session.review.objects.value;
  session.review.setState(first!.id, 'rejected');
  const { blob: reviewed } = await session.exporting.exportAs('toy-csv');
  expect(await reviewed.text()).toBe(ROWS.replace(/scene.tif,car,1.*\n/, ''));
});

it('is chosen on the command line by its ending, and saved through the automation', async () => {
  const format = parseAnalyzeOptions(['scene.tif', '--task', 'find', '--label', 'car', '--out', 'cars.CSV'])?.out[0]
    ?.format;
  expect(format?.id).toBe('toy-csv');
  expect(() => parseAnalyzeOptions(['scene.tif', '--out', 'cars.kml'])).toThrow(UsageError);

  const { session, answer } = await answered();
  const folder = mkdtempSync(join(tmpdir(), 'nadir-export-'));
  const saved = new Promise<string>((resolve) => {
    const automation = installAutomation(session, async ({ fileName, blob }) => {
      const path = join(folder, fileName);
      writeFileSync(path, await blob.text());
      resolve(path);
    });
    void automation.save(format!.id, [answer.id]);
  });
  expect(readFileSync(await saved, 'utf8')).toBe(ROWS);
});

it('refuses an unknown name, listing the known ones, and refuses without an image', async () => {
  const { session } = await answered();
  await expect(session.exporting.exportAs('kml')).rejects.toMatchObject({
    code: 'CHOICE_UNKNOWN',
    message: expect.stringMatching(/^There is no export format "kml"\. Choose one of "geojson", .*"toy-csv"\.$/),
  });
  await session.opening.closeAll();
  const automation = installAutomation(session, () => expect.unreachable());
  expect(await automation.save('toy-csv')).toMatchObject({ ok: false, error: { code: 'NO_IMAGE' } });
});
