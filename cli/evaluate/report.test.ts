import { expect, it } from 'vitest';
import { answeredWith } from './fakes.ts';
import { toMarkdown } from './markdown.ts';
import { manifestScores, PROTOCOL, type Report, rowsOf } from './report.ts';
import { meets } from './rows/row.ts';
import { vegetatedShare } from './vegetation.ts';

const report = (given: Partial<Report> = {}): Report => ({
  format: 'nadir-evaluation/1',
  protocol: [...PROTOCOL],
  model: { id: 'nadir-s', version: '0.2.0', hash: '0123456789abcdef' },
  backend: 'WebAssembly · 2 threads',
  app: { hash: 'abc', answersOfOtherBuilds: 0 },
  createdAt: '2026-01-01T00:00:00.000Z',
  questions: { planned: 2, answered: 2, failed: 0 },
  limit: null,
  skipped: ['quality: the model has no task "quality".'],
  rows: rowsOf([
    answeredWith({ kind: 'scene', scene: 'beach' }, { text: 'This is a beach.' }),
    answeredWith({ kind: 'change', changed: true, boxes: [] }, { text: 'Nothing changed.' }, { task: 'change' }),
  ]),
  ...given,
});

it('names targets, verdicts, protocol and what was left out', () => {
  const text = toMarkdown(report());
  expect(text).toContain(
    '| Scene: accuracy, top-1, 1 classes | 100.0 % (20.7 % – 100.0 %) | ≥ 86.0 % | ≥ 95.0 % | reached |',
  );
  expect(text).toContain('Change: changed or not, answered right | 0.0 %');
  expect(text).toContain('missed');
  expect(text).toContain('precision × recall');
  expect(text).toContain('no task "quality"');
  expect(text).not.toContain('A sample only');
});

it('says when it is a sample, or holds answers of another build', () => {
  const text = toMarkdown(report({ limit: 4, app: { hash: 'abc', answersOfOtherBuilds: 3 } }));
  expect(text).toContain('A sample only');
  expect(text).toContain('3 answers were kept from other builds');
});

it('says that it is unfinished', () => {
  const text = toMarkdown(report({ questions: { planned: 9, answered: 5, failed: 1 } }));
  expect(text).toContain('3 questions are still to be asked');
  expect(toMarkdown(report())).not.toContain('Unfinished');
});

it('gives the judged rows to a manifest', () => {
  const scores = manifestScores(report());
  expect(scores[0]).toEqual({
    task: 'scene',
    metric: 'accuracy, top-1, 1 classes',
    value: 1,
    interval: [0.207, 1],
    n: 1,
    data: 'held-out, images, through the app on WebAssembly · 2 threads',
  });
  expect(scores.map(({ task }) => task)).not.toContain('time an image');
});

it('survives JSON', () => {
  const made = report();
  expect(JSON.parse(JSON.stringify(made))).toEqual(made);
});

it('has no row without an answer, and no verdict without a value', () => {
  expect(rowsOf([])).toEqual([]);
  expect(meets({ value: null, target: { must: 1, hoped: null, better: 'more' } })).toBeNull();
  expect(meets({ value: 0.02, target: { must: 0.01, hoped: 0, better: 'less' } })).toBe(false);
});

it('measures the vegetated share by NDVI', () => {
  // NDVI 0.6, 0.2 and −0.2; both bands 0 count as bare.
  const rgb = Uint8Array.from([40, 0, 0, 80, 0, 0, 120, 0, 0, 0, 0, 0]);
  const nir = Uint8Array.from([160, 0, 0, 120, 0, 0, 80, 0, 0, 0, 0, 0]);
  expect(vegetatedShare(rgb, nir)).toBe(0.5);
});
