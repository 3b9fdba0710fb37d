import { describe, expect, it } from 'vitest';
import { nadir } from '../dialects/nadir.ts';
import { mulberry32 } from '../text/sampling.ts';
import { type AnswerContext, readAnswer } from './answer.ts';

const classes = [
  { name: 'airplane', plural: 'airplanes' },
  { name: 'car', plural: 'cars' },
];
const at = (cx: number, thetaDeg = 0) => ({ cx, cy: 64, w: 25.6, h: 12.8, thetaDeg });
const context: AnswerContext = {
  task: 'find',
  label: 'airplanes',
  prompt: 'Find all airplanes.',
  region: null,
  shows: () => true,
  known: () => null,
  proposals: [
    { classIndex: 0, score: 0.9, cell: 1, box: at(64) },
    { classIndex: 0, score: 0.8, cell: 2, box: at(128, 45) },
    { classIndex: 1, score: 0.7, cell: 3, box: at(192) },
  ],
  classes,
  dialect: nadir,
  tile: 256,
};

describe('readAnswer', () => {
  it('shows pointers as numbered phrases linked to their boxes', () => {
    const answer = readAnswer('Airplanes: <p0><p1>.', context);
    expect(answer.text).toBe('Airplanes: airplane 1, airplane 2.');
    expect(answer.things.map((o) => answer.text.slice(o.span.start, o.span.end))).toEqual(['airplane 1', 'airplane 2']);
    expect(answer.things.map((o) => o.box.cx)).toEqual([64, 128]);
    expect(answer.things.map((o) => o.score)).toEqual([0.9, 0.8]);
    expect(answer.numbers.malformed).toBe(0);
  });

  it('shows the probability of calibrated classes, and the heat of the others', () => {
    const fitted = classes.map((c) => (c.name === 'airplane' ? { ...c, calibration: { slope: 0, offset: 0 } } : c));
    const { things } = readAnswer('<p0><p2>', { ...context, classes: fitted });
    expect(things.map((o) => [o.label, o.score])).toEqual([
      ['airplane', 0.5],
      ['car', context.proposals[2]!.score],
    ]);
  });

  it('expands pointers to the dialect', () => {
    expect(readAnswer('Airplanes: <p0><p1>.', context).dialectText).toBe(
      'Airplanes: {x:250,y:250,h:50,w:100,θ:0}{x:500,y:250,h:50,w:100,θ:45}.',
    );
  });

  it('numbers each label separately', () => {
    expect(readAnswer('It shows airplanes: <p0><p1> and cars: <p2>.', context).text).toBe(
      'It shows airplanes: airplane 1, airplane 2 and cars: car 1.',
    );
  });

  it('drops the running numbers of a count and reads its conclusion', () => {
    const answer = readAnswer('1 <p0> 2 <p1> - 2 airplanes.', { ...context, task: 'count' });
    expect(answer.text).toBe('airplane 1, airplane 2 - 2 airplanes.');
    expect(answer.numbers.stated).toBe(2);
    expect(answer.things.map((o) => answer.text.slice(o.span.start, o.span.end))).toEqual(['airplane 1', 'airplane 2']);
  });

  it('lists a place once, however many pointers it has', () => {
    const answer = readAnswer('<p0> is beside <p1>; <p0> is larger.', context);
    expect(answer.text).toBe('airplane 1 is beside airplane 2; airplane 1 is larger.');
    expect(answer.things).toHaveLength(2);
  });

  it('drops and counts malformed boxes and pointers without a proposal', () => {
    const answer = readAnswer('Airplanes: <p0><p9>{x:2000,y:1,h:1,w:1}.', context);
    expect(answer.text).toBe('Airplanes: airplane 1.');
    expect(answer.numbers.malformed).toBe(2);
    expect(answer.dialectText).toBe('Airplanes: {x:250,y:250,h:50,w:100,θ:0}<p9>{x:2000,y:1,h:1,w:1}.');
  });

  it('reads boxes written as text, without a score', () => {
    const answer = readAnswer('There is one at {x:500,y:250,h:50,w:100,θ:0}', context);
    expect(answer.text).toBe('There is one at airplane 1');
    expect(answer.things[0]).toMatchObject({ label: 'airplane', score: null, span: { start: 16, end: 26 } });
    expect(answer.things[0]?.box.cx).toBe(128);
  });

  it('hides control tokens', () => {
    expect(readAnswer('This is it.<|im_end|><image>', context).text).toBe('This is it.');
  });

  it('links the class named for a region to that region', () => {
    const region = at(100, 30);
    const answer = readAnswer('This is a car.', { ...context, task: 'identify', region });
    expect(answer.things).toHaveLength(1);
    expect(answer.text.slice(answer.things[0]!.span.start, answer.things[0]!.span.end)).toBe('car');
    expect(answer.things[0]?.box).toBe(region);
    expect(readAnswer('There is nothing.', { ...context, region }).things).toEqual([]);
  });

  it('says that it knows nothing there, with a probability, if the evidence does not support the named class', () => {
    const region = at(100);
    const identified = (text: string, probability: number) =>
      readAnswer(text, { ...context, task: 'identify', region, known: (index) => (index === 1 ? probability : 0.02) });
    expect(identified('This is a car.', 0.81)).toMatchObject({
      text: 'This is a car.',
      things: [{ label: 'car', score: 0.81, box: region }],
      numbers: { known: 0.81 },
    });
    expect(identified('This is a car.', 0.3)).toMatchObject({
      text: 'Nothing that I know (probability 0.70).',
      things: [],
      numbers: { known: 0.3 },
    });
    expect(identified('There is none of the objects that I know.', 0.9)).toMatchObject({
      text: 'Nothing that I know (probability 0.98).',
      things: [],
      numbers: { known: 0.02 },
    });
    expect(identified('这里没有我认识的目标。', 0.9).text).toBe('没有我认识的目标（概率 0.98）。');
  });

  it('drops and counts a written box that shows no scene', () => {
    const written = 'Here: {x:500,y:250,h:50,w:100}.';
    const { things, numbers } = readAnswer(written, { ...context, shows: () => false });
    expect([things, numbers.malformed]).toEqual([[], 1]);
  });

  it('gives correct spans for any text', () => {
    const random = mulberry32(7);
    const pieces = [
      ' ',
      'a',
      '<p0>',
      '<p1>',
      '<p2>',
      '<p77>',
      '.',
      ': ',
      '1',
      '{x:500,y:250,h:50,w:100}',
      '{x:',
      '<|im_end|>',
      '\n',
      'é',
      '<p',
      '>',
    ];
    let objects = 0;
    for (let i = 0; i < 5000; i++) {
      const raw = Array.from(
        { length: Math.floor(random() * 15) },
        () => pieces[Math.floor(random() * pieces.length)]!,
      ).join('');
      const answer = readAnswer(raw, context);
      for (const o of answer.things)
        expect(answer.text.slice(o.span.start, o.span.end)).toMatch(/^(airplane|car) \d+$/);
      objects += answer.things.length;
    }
    expect(objects).toBeGreaterThan(1000);
  });
});

describe('statedCount', () => {
  const count = (raw: string, task: AnswerContext['task'] = 'count', prompt = 'How many airplanes are there?') =>
    readAnswer(raw, { ...context, task, prompt }).numbers.stated ?? null;

  it.each([
    ['There are 12 airplanes.', 12],
    ['There are no airplanes. The image shows a beach.', 0],
    ['I see three airplanes.', 3],
    ['Twenty.', 20],
    ['1 <p0> 2 <p1> 3 <p2> - 3 airplanes.', 3],
    ['Many airplanes.', null],
  ])('%s → %s', (raw, expected) => {
    expect(count(raw)).toBe(expected);
  });

  it('is null if no count was asked for', () => {
    expect(count('There are 12 airplanes.', 'describe', 'Describe this image.')).toBeNull();
    expect(count('There are 12 airplanes.', 'ask', 'What is here?')).toBeNull();
    expect(count('There are 12 airplanes.', 'ask')).toBe(12);
  });
});

describe('readAnswer in Chinese', () => {
  const chinese: AnswerContext = {
    ...context,
    prompt: '找出所有飞机。',
    classes: [
      { name: 'airplane', plural: 'airplanes', zh: '飞机' },
      { name: 'car', plural: 'cars' },
    ],
  };

  it('shows Chinese names and keeps the English labels', () => {
    const answer = readAnswer('飞机：<p0><p1>。', chinese);
    expect(answer.text).toBe('飞机：飞机 1、飞机 2。');
    expect(answer.things.map((o) => o.label)).toEqual(['airplane', 'airplane']);
    expect(answer.things.map((o) => answer.text.slice(o.span.start, o.span.end))).toEqual(['飞机 1', '飞机 2']);
    expect(answer.dialectText).toBe('飞机：{x:250,y:250,h:50,w:100,θ:0}{x:500,y:250,h:50,w:100,θ:45}。');
  });

  it('falls back to the English name if there is no Chinese one', () => {
    expect(readAnswer('有车：<p2>。', chinese).text).toBe('有车：car 1。');
  });

  it('uses the language of the answer, not of the question', () => {
    expect(readAnswer('Airplanes: <p0>.', chinese).text).toBe('Airplanes: airplane 1.');
  });

  it('names a region by the Chinese class', () => {
    const region = { cx: 10, cy: 10, w: 4, h: 4, thetaDeg: 0 };
    const [object] = readAnswer('这是飞机。', { ...chinese, task: 'identify', region }).things;
    expect(object).toMatchObject({ label: 'airplane', span: { start: 2, end: 4 }, box: region });
  });

  it.each([
    ['有3架飞机：<p0><p1><p2>。', 3],
    ['有三架飞机。', 3],
    ['大约60棵树。', 60],
    ['大约一百二十棵树。', 120],
    ['有十二个储罐。', 12],
    ['有两辆汽车。', 2],
    ['没有飞机。这张图像是海滩。', 0],
    ['这是海滩。', null],
  ])('reads the number of %s', (text, count) => {
    expect(readAnswer(text, { ...chinese, task: 'count' }).numbers.stated ?? null).toBe(count);
  });

  it('recognises a question that asks for a number', () => {
    const read = (prompt: string) =>
      readAnswer('有3架飞机。', { ...chinese, task: 'ask', prompt }).numbers.stated ?? null;
    expect(read('有几架飞机？')).toBe(3);
    expect(read('这里有多少飞机？')).toBe(3);
    expect(read('有飞机吗？')).toBeNull();
  });
});

describe('counts without boxes', () => {
  it.each([
    ['About 60 trees.', 60],
    ['About 1,250 trees.', 1250],
    ['There are no trees.', 0],
  ])('reads %s', (text, count) => {
    const trees: AnswerContext = { ...context, task: 'count', label: null, prompt: 'How many trees are there?' };
    expect(readAnswer(text, trees)).toMatchObject({ things: [], numbers: count === null ? {} : { stated: count } });
  });
});
