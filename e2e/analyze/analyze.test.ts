import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { ROOT } from '../../cli/paths.ts';
import type { Quad } from '../../src/geo/types.ts';
import { writeTiff } from '../harness/tiff.ts';
import { precisionRecall, readTruth, samplePath } from '../harness/truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'nadir-analyze-'));

function analyze(args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const tsx = join(ROOT, 'node_modules', '.bin', 'tsx');
    const child = spawn(tsx, [join(ROOT, 'cli', 'analyze.ts'), '--url', inject('appUrl'), ...args], {
      env: { ...process.env, NADIR_BROWSER: inject('browserPath') },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (status) => resolve({ status: status ?? -1, stdout, stderr }));
  });
}

it('finds the airplanes of a generated scene with precision and recall of at least 0.7 at IoU 0.5', async () => {
  const out = join(folder, 'out.geojson');
  const { status, stdout, stderr } = await analyze([
    samplePath('airfield.tif'),
    '--task',
    'find',
    '--label',
    'airplane',
    '--backend',
    'wasm',
    '--out',
    out,
    '--json',
  ]);
  expect(status, stderr).toBe(0);
  const result = JSON.parse(stdout);
  expect(Object.keys(result)).toEqual(
    expect.arrayContaining(['text', 'features', 'counts', 'model', 'backend', 'timings']),
  );
  expect(stderr).toContain('Loading model');
  expect(JSON.parse(readFileSync(out, 'utf8')).features).toEqual(result.features);

  const found = result.features.map(
    (feature: { properties: { pixelCorners: Quad } }) => feature.properties.pixelCorners,
  );
  const truth = (readTruth('airfield').labels.airplane ?? []).map(({ corners }) => corners);
  const { precision, recall } = precisionRecall(found, truth, 0.5);
  expect(precision).toBeGreaterThanOrEqual(0.7);
  expect(recall).toBeGreaterThanOrEqual(0.7);
});

it('answers a free question about a region', async () => {
  const { status, stdout, stderr } = await analyze([
    samplePath('suburb.png'),
    '--ask',
    'What kind of scene is this?',
    '--region',
    '0,0,256,256',
    '--backend',
    'wasm',
    '--json',
  ]);
  expect(status, stderr).toBe(0);
  const { text, answer } = JSON.parse(stdout);
  expect(text.length).toBeGreaterThan(0);
  expect(answer.region).toEqual({ x: 0, y: 0, width: 256, height: 256 });
});

it('tells the kind of failure by its exit status', async () => {
  const notAnImage = join(folder, 'letter.tif');
  writeFileSync(notAnImage, 'This is a letter.');
  const out = join(folder, 'never.geojson');
  const bad = await analyze([notAnImage, '--json', '--out', out, '--backend', 'wasm']);
  expect(bad.status).toBe(3);
  expect(JSON.parse(bad.stdout)).toMatchObject({ error: { code: 'NOT_AN_IMAGE' } });
  expect(existsSync(out)).toBe(false);
  expect((await analyze(['does-not-exist.tif'])).status).toBe(3);
  expect((await analyze([samplePath('suburb.png'), '--task', 'guess'])).status).toBe(2);
});

it('never answers a batch line about another line’s image', async () => {
  // Uncompressed tiles with the same name, size and grid. The second is damaged.
  const whole = writeTiff({ width: 64, height: 64, bands: 3, bits: 8 });
  const torn = Buffer.from(whole);
  torn.write('torn', 0, 'latin1');
  const tiles = [whole, torn, whole].map((content, index) => {
    const path = join(folder, String(2023 + index), 'tile.tif');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  });
  const requests = join(folder, 'requests.jsonl');
  writeFileSync(requests, tiles.map((file) => JSON.stringify({ file, task: 'classify' })).join('\n'));
  const { status, stdout, stderr } = await analyze(['--batch', requests, '--backend', 'wasm']);
  expect(status, stderr).toBe(3);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ error }) => error?.code ?? null)).toEqual([null, 'NOT_AN_IMAGE', null]);
  expect(lines[1]).not.toHaveProperty('text');
});
