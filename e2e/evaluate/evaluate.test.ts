import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import type { AnswerLine } from '../../cli/evaluate/answer-line.ts';
import type { Report } from '../../cli/evaluate/report.ts';
import { ROOT } from '../../cli/paths.ts';
import { samplePath } from '../harness/truth.ts';

const folder = mkdtempSync(join(tmpdir(), 'nadir-evaluate-'));
const data = join(folder, 'data');
const out = join(folder, 'out');

/** Runs the command on a set of two generated pictures and a missing one. */
function evaluate(args: string[]): Promise<{ status: number; stderr: string }> {
  return new Promise((resolve) => {
    const tsx = join(ROOT, 'node_modules', '.bin', 'tsx');
    const options = ['--data', data, '--out', out, '--backend', 'wasm', ...args];
    const child = spawn(tsx, [join(ROOT, 'cli', 'evaluate.ts'), ...options], {
      env: { ...process.env, NADIR_BROWSER: inject('browserPath') },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (status) => resolve({ status: status ?? -1, stderr }));
  });
}

const answers = () =>
  readFileSync(join(out, 'answers.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AnswerLine);

// Two runs, each with its own browser and model.
const TWO_RUNS_MS = 600_000;

it(
  'asks about labelled images through the app, continues after an unreadable one, and resumes',
  async () => {
    const images = join(data, 'naip_trees', 'images');
    mkdirSync(images, { recursive: true });
    mkdirSync(join(data, 'naip_trees', 'nir'));
    copyFileSync(samplePath('suburb.png'), join(images, 'a.png'));
    copyFileSync(samplePath('suburb.png'), join(data, 'naip_trees', 'nir', 'a.png'));
    writeFileSync(join(images, 'broken.png'), 'no picture');
    const row = (file: string) => `${JSON.stringify({ file, w: 768, h: 768, tree_points: [[1, 1]] })}\n`;
    writeFileSync(join(data, 'naip_trees', 'labels.jsonl'), row('images/a.png') + row('images/broken.png'));

    const first = await evaluate(['--only', 'naip_trees']);
    expect(first.status, first.stderr).toBe(0);
    expect(first.stderr).toContain('there is no real_change/labels.jsonl');
    const kept = answers();
    const good = kept.filter(({ error }) => error === null);
    expect(good.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('a.png/RGB + NIR/ask'),
        expect.stringContaining('a.png/RGB/ask'),
      ]),
    );
    for (const { text } of good.filter(({ id }) => id.includes('/ask/'))) expect(text).toMatch(/^(Yes|No)\b/);
    expect(kept.some(({ id, error }) => id.includes('broken.png') && error !== null)).toBe(true);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report;
    expect(report.questions).toMatchObject({ planned: kept.length, failed: kept.length - good.length });
    expect(report.rows.map(({ measure }) => measure)).toContain('naip_trees, RGB + NIR: trees, answered right');
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('## Protocol');

    const second = await evaluate(['--only', 'naip_trees']);
    expect(second.status, second.stderr).toBe(0);
    expect(second.stderr).toContain(`${good.length} of ${kept.length} answers are kept`);
    expect(answers()).toHaveLength(kept.length + kept.length - good.length);
  },
  TWO_RUNS_MS,
);

it('reports what is wrong with a model folder, also by its exit status', async () => {
  const { status, stderr } = await evaluate(['--model', data]);
  expect(status).toBe(4);
  expect(stderr).toContain('no nadir.json');
});
