import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { spread } from './label-files.ts';
import { type PlanInput, planQuestions } from './plan.ts';
import type { ModelAbilities } from './sets/set.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'nadir-plan-'));
});

const write = (set: string, rows: object[]) => {
  mkdirSync(join(dataDir, set, 'nir'), { recursive: true });
  writeFileSync(join(dataDir, set, 'labels.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
};
const all: ModelAbilities = {
  tasks: ['find', 'count', 'segment', 'quality', 'change'],
  classes: ['airplane', 'storage tank', 'building', 'car'],
  counted: ['tree'],
  presence: ['trees', 'water', 'vegetation'],
  hasCover: true,
  hasRefiner: true,
  canLook: true,
};
function plan(given: Partial<PlanInput> = {}) {
  const said: string[] = [];
  const questions = planQuestions({
    dataDir,
    coverDir: null,
    limit: null,
    abilities: all,
    vegetation: new Map(),
    only: null,
    say: (line) => said.push(line),
    ...given,
  }).filter(({ set }) => set !== 'samples');
  return { questions, said };
}
const airplane = { label: 'airplane', box: [0, 0, 10, 10] };
const ucmRow = (name: string, extra: object = {}) => ({
  file: `images/${name}.jpg`,
  w: 256,
  h: 256,
  scene: 'airplane',
  present: ['airplane'],
  ...extra,
});

describe('the plan', () => {
  it('asks for boxes only where the label is complete', () => {
    const boxes = [airplane, { label: 'storage_tank', box: [0, 0, 10, 10] }];
    write('ucm', [ucmRow('a', { boxes, boxes_complete_for: ['airplane'] })]);
    const { questions } = plan();
    expect(questions.filter(({ task }) => task === 'find').map(({ label }) => label)).toEqual(['airplane']);
    expect(questions.filter(({ truth }) => truth.kind === 'presence' && truth.present)).toHaveLength(1);
    expect(questions.filter(({ truth }) => truth.kind === 'presence')).toHaveLength(17);
  });

  it('gives every question its own id, and asks short rows before presence', () => {
    write('ucm', [ucmRow('a', { captions: ['x'], boxes: [airplane], boxes_complete_for: ['airplane'] }), ucmRow('b')]);
    const { questions } = plan();
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
    const rounds = questions.map(({ round }) => round);
    expect(rounds).toEqual([...rounds].sort());
    expect(questions.at(-1)?.truth.kind).toMatch(/caption|option|count/);
  });

  it('offers the true scene among two others, the same ones each time', () => {
    write('ucm', [ucmRow('a')]);
    const optionOf = () => plan().questions.find(({ truth }) => truth.kind === 'option');
    const truth = optionOf()?.truth;
    if (truth?.kind !== 'option') throw new Error('no option question');
    expect(truth.options).toHaveLength(3);
    expect(new Set(truth.options).size).toBe(3);
    expect(truth.options).toContain('airplane');
    expect(optionOf()?.text).toMatch(/^Which of these fits best: .+, .+ or .+\?$/);
    expect(optionOf()?.truth).toEqual(truth);
  });

  it('asks about trees with and without near infrared, and about vegetation only if it is clear', () => {
    const tile = (name: string) => ({ file: `images/${name}.jpg`, w: 256, h: 256, tree_points: [[1, 1]] });
    write('naip_trees', [tile('a'), tile('b'), tile('c')]);
    for (const name of ['a', 'b']) writeFileSync(join(dataDir, 'naip_trees', 'nir', `${name}.jpg`), '');
    const vegetation = new Map([
      ['images/a.jpg', 0.5],
      ['images/b.jpg', 0.07],
      ['images/c.jpg', 0.01],
    ]);
    const { questions } = plan({ vegetation });
    const counts = questions.filter(({ task }) => task === 'count').map(({ variant, image }) => [variant, image.kind]);
    expect(counts.filter(([variant]) => variant === 'RGB + NIR')).toHaveLength(2);
    expect(counts.filter(([variant]) => variant === 'RGB')).toHaveLength(3);
    const clear = questions.flatMap(({ id, truth }) =>
      truth.kind === 'presence' && truth.label === 'vegetation'
        ? [[id.split('/')[2], truth.present, truth.derived]]
        : [],
    );
    expect(clear).toEqual([
      ['a.jpg', true, true],
      ['a.jpg', true, true],
      ['c.jpg', false, true],
    ]);
  });

  it('asks for what was counted by eye where its picture is there', () => {
    const lot = 'images/parkinglot93.jpg';
    expect(plan().said.join()).toContain('by_eye: none of its pictures');
    mkdirSync(join(dataDir, 'ucm', 'images'), { recursive: true });
    writeFileSync(join(dataDir, 'ucm', lot), '');
    writeFileSync(join(dataDir, 'ucm', 'images', 'parkinglot97.jpg'), '');
    const asked = plan().questions.filter(({ set }) => set === 'by_eye');
    expect(asked.map(({ id }) => id)).toEqual([
      `by_eye/${lot}/count/car`,
      `by_eye/${lot}/find/car`,
      'by_eye/images/parkinglot97.jpg/count/car',
    ]);
    const [count, find] = asked.map(({ truth }) => truth);
    if (count?.kind !== 'count' || find?.kind !== 'boxes') throw new Error('no count or boxes');
    expect([count.count, find.boxes.length]).toEqual([215, 215]);
    const inside = find.boxes[30]!.corners.flat().every((value) => value > -20 && value < 276);
    expect(inside).toBe(true);
    expect(plan({ abilities: { ...all, classes: [] } }).said.join()).toContain('by_eye: the model has no class "car"');
  });

  it('asks for land cover with all that is known of an image', () => {
    const coverDir = join(dataDir, 'cover');
    mkdirSync(coverDir);
    const line = { file: 'images/a.jpg', w: 8, h: 8 };
    const lines = [
      { labels: ['water', 'trees'] },
      { ...line, set: 'ucm', nir: null, gsd: 0.3, truth: '0.bin' },
      { ...line, set: 'wetlands', nir: 'nir/a.jpg', gsd: 5, truth: '1.bin' },
      { ...line, set: 'dubai', nir: null, gsd: null, truth: '2.bin' },
    ];
    writeFileSync(join(coverDir, 'index.jsonl'), lines.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const { questions } = plan({ coverDir });
    expect(questions.map(({ image }) => image)).toEqual([
      { kind: 'placed', path: join(dataDir, 'ucm/images/a.jpg'), gsdMetres: 0.3 },
      {
        kind: 'bands',
        rgb: join(dataDir, 'wetlands/images/a.jpg'),
        nir: join(dataDir, 'wetlands/nir/a.jpg'),
        gsdMetres: 5,
      },
      { kind: 'file', path: join(dataDir, 'dubai/images/a.jpg') },
    ]);
    expect(questions[1]).toMatchObject({
      id: 'wetlands/images/a.jpg/land cover/cover',
      task: 'cover',
      truth: { kind: 'cover', path: join(coverDir, '1.bin'), labels: ['water', 'trees'] },
    });
    expect(plan().said.join()).toContain('there is no truth');
    expect(plan({ coverDir, abilities: { ...all, hasCover: false } }).said.join()).toContain('the model maps none');
  });

  it('takes buses and minibuses as trucks, and docks from the drone', () => {
    const boxes = ['car', 'bus', 'minibus'].map((label) => ({ label, box: [0, 0, 9, 9] }));
    write('aerial_cars', [{ file: 'images/a.jpg', w: 9, h: 9, boxes }]);
    write('aerial_maritime', [
      { file: 'images/b.jpg', w: 9, h: 9, boxes: [{ label: 'dock', box: [0, 0, 9, 9] }, boxes[0]] },
    ]);
    const { questions } = plan({ abilities: { ...all, classes: ['car', 'truck', 'dock'] } });
    const found = questions.flatMap(({ truth }) =>
      truth.kind === 'boxes' ? [[truth.label, truth.boxes.length] as const] : [],
    );
    expect(found).toEqual([
      ['car', 1],
      ['truck', 2],
      ['dock', 1],
    ]);
  });

  it('gives pairs as images of two files', () => {
    const pair = { before: 'images/A.jpg', after: 'images/B.jpg', w: 256, h: 256, changed: true };
    write('real_change', [{ ...pair, changes: [{ box: [0, 0, 10, 10] }] }]);
    const [question] = plan().questions;
    expect(question).toMatchObject({
      task: 'change',
      image: { kind: 'pair', before: expect.stringContaining('A.jpg'), after: expect.stringContaining('B.jpg') },
      truth: { kind: 'change', changed: true },
    });
  });

  it('spoils images in turn, and leaves some clean', () => {
    write(
      'ucm',
      Array.from({ length: 105 }, (_, index) => ucmRow(`i${index}`)),
    );
    const kinds = plan().questions.flatMap(({ truth }) => (truth.kind === 'quality' ? [truth.defect ?? 'clean'] : []));
    expect(kinds).toHaveLength(100);
    expect(kinds.filter((kind) => kind === 'clean')).toHaveLength(30);
    expect(kinds.filter((kind) => kind === 'haze')).toHaveLength(10);
    const few = plan({ limit: 10 }).questions.flatMap(({ truth }) => (truth.kind === 'quality' ? [truth.defect] : []));
    expect(new Set(few).size).toBe(8);
  });

  it('marks share-alike photographs', () => {
    const car = { file: 'images/a.jpg', w: 9, h: 9, boxes: [] };
    write('aerial_cars', [
      { ...car, licence: 'CC BY-SA Minsk OSM community' },
      { ...car, file: 'images/b.jpg', licence: 'CC BY 3.0 KIT AIS' },
    ]);
    const marked = plan().questions.filter(({ task }) => task === 'find');
    expect(marked.map(({ restricted }) => restricted)).toEqual(['CC BY-SA Minsk OSM community', null]);
  });

  it('omits what the model or the folder lacks, with a message', () => {
    write('ucm', [ucmRow('a', { boxes: [airplane], boxes_complete_for: ['airplane'] })]);
    write('naip_trees', [{ file: 'images/a.jpg', w: 9, h: 9, tree_points: [] }]);
    const abilities = { ...all, tasks: [], classes: [], counted: [], presence: [], canLook: false };
    const { questions, said } = plan({ abilities });
    expect(questions.some(({ task }) => task === 'find' || task === 'quality')).toBe(false);
    const text = said.join('\n');
    expect(text).toContain('no task "quality"');
    expect(text).toContain('no class "airplane"');
    expect(text).toContain('counts no trees');
    expect(text).toContain('there is no real_change/labels.jsonl');
    expect(text).toContain('neon_trees');
    expect(new Set(said).size).toBe(said.length);
  });

  it('keeps to what was asked for', () => {
    write('ucm', [ucmRow('a')]);
    expect(new Set(plan({ only: ['classify'] }).questions.map(({ task }) => task))).toEqual(new Set(['classify']));
    expect(plan({ only: ['quality'] }).questions).toHaveLength(1);
  });
});

it('spreads a limit over all rows', () => {
  const rows = Array.from({ length: 10 }, (_, index) => index);
  expect(spread(rows, 2)).toEqual([2, 7]);
  expect(spread(rows, 3)).toEqual([1, 5, 8]);
  expect(spread(rows, 20)).toEqual(rows);
  expect(spread(rows, null)).toEqual(rows);
});
