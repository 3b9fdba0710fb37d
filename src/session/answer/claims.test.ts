import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PixelWindow } from '../../geo/types.ts';
import { NadirError } from '../../lib/errors.ts';
import type { AskResult, NamedThing } from '../../vlm/types.ts';
import type { AskInput } from '../asking/port.ts';
import { carsResult, type FakeBehaviour, type FakeWorkers, fakeWorkers, LOADED, TEST_MODEL } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';

/** What an answer may claim: no more than the pixels, the scale and its own boxes bear out. */

async function opened(behaviour: FakeBehaviour = {}): Promise<{ session: Session; workers: FakeWorkers }> {
  const workers = fakeWorkers(behaviour);
  const session = createSession(workers);
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  return { session, workers };
}

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** Answers with these words; phrases in [brackets] are links: the class that found the box, and its number. */
function says(marked: string, rest: Partial<AskResult> = {}): AskResult {
  const things: NamedThing[] = [];
  let text = '';
  for (const part of marked.split(/(\[[^\]]*\])/)) {
    if (!part.startsWith('[')) {
      text += part;
      continue;
    }
    const phrase = part.slice(1, -1);
    const centre = 30 + 40 * things.length;
    things.push({
      label: phrase.replace(/ \d+$/, ''),
      span: { start: text.length, end: text.length + phrase.length },
      box: { cx: centre, cy: 60, w: 20, h: 20, thetaDeg: 0 },
      score: 0.9,
      rings: null,
    });
    text += phrase;
  }
  return { ...carsResult(0), numbers: {}, text, rawText: text, dialectText: text, things, ...rest };
}

const flat = { data: new Float32Array(256 * 256 * 4).fill(0.5) };
const nothing = { validFraction: 0, valid: new Uint8Array(256 * 256), data: new Float32Array(256 * 256 * 4) };

describe('a blank image', () => {
  const english: AskInput[] = [
    { task: 'find', label: 'car' },
    { task: 'count', label: 'car' },
    { task: 'count', label: 'tree' },
    { task: 'segment', label: 'car' },
    { task: 'describe' },
    { task: 'classify' },
    { task: 'quality' },
    { task: 'ask', text: 'Is there a car in this image?' },
    { task: 'ask', text: 'Which of these fits best: airport or forest?' },
    { task: 'identify', region: { x: 10, y: 10, width: 40, height: 40 } },
  ];
  it.each(english)('is said to be blank: $task $label $text', async (input) => {
    for (const [read, why] of [
      [flat, 'every pixel has the same value'],
      [nothing, 'every pixel is nodata or outside the scene'],
    ] as const) {
      for (const width of [256, 700]) {
        const { session, workers } = await opened({ info: { width, height: width }, read: () => read });
        const answer = await session.asking.ask({ region: 'scene', ...input });
        expect(answer.text).toBe(`There is nothing to look at here: ${why}.`);
        expect(answer).toMatchObject({ status: 'done', counts: { merged: 0 } });
        expect(session.review.objects.value).toEqual([]);
        expect(workers.requests).toEqual([]);
      }
    }
  });

  it.each<AskInput>([
    { task: 'find', label: '飞机' },
    { task: 'ask', text: '图中有飞机吗？' },
    { task: 'quality', text: '这张图像有什么质量问题？' },
  ])('is said so in Chinese: $task $label $text', async (input) => {
    const { session } = await opened({ read: () => flat });
    expect((await session.asking.ask({ region: 'scene', ...input })).text).toBe(
      '这里没有可看的内容：所有像素的值都相同。',
    );
    const empty = await opened({ read: () => nothing });
    expect((await empty.session.asking.ask({ region: 'scene', ...input })).text).toBe(
      '这里没有可看的内容：所有像素都没有数据或在图像之外。',
    );
  });

  it('is said so of noise, but for its quality, which is noise', async () => {
    let state = 7;
    const noise = Float32Array.from({ length: 256 * 256 * 4 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    });
    const { session, workers } = await opened({
      read: () => ({ data: noise }),
      answer: async () => says('The image has noise.'),
    });
    expect((await session.asking.ask({ task: 'describe', region: 'scene' })).text).toContain('the picture is noise');
    expect(workers.requests).toHaveLength(0);
    expect((await session.asking.ask({ task: 'quality', region: 'scene' })).text).toBe('The image has noise.');
  });

  it('may be either of two that are compared', async () => {
    for (const blank of ['s1', 's2']) {
      const { session, workers } = await opened({ read: (_window, { scene }) => (scene === blank ? flat : {}) });
      await session.comparison.open(new File([new Uint8Array(4)], 'earlier.tif'));
      expect((await session.asking.ask({ task: 'change', region: 'scene' })).text).toContain('nothing to look at here');
      expect(workers.requests).toEqual([]);
    }
  });
});

describe('blank parts', () => {
  const info = { width: 700, height: 256 };
  const blankWest = ({ x }: PixelWindow) => (x === 0 ? flat : x < 200 ? nothing : {});

  it('are skipped before the model sees them, and the answer counts them', async () => {
    const { session, workers } = await opened({ info, read: blankWest, answer: async () => carsResult(1) });
    const answer = await session.asking.ask({ task: 'find', label: 'car', region: 'scene', slicing: 'tiles' });
    expect(workers.requests.map(({ views }) => views[0].window.x)).toEqual([296, 444]);
    expect(answer.text).toBe('2 cars in 2 tiles. 2 blank tiles were skipped.');
    expect(answer).toMatchObject({
      coverage: { total: 4, answered: 2, empty: 2 },
      blank: { 'no-data': 1, 'one-value': 1, noise: 0 },
    });
    const chinese = await session.asking.ask({ task: 'find', label: '飞机', region: 'scene', slicing: 'tiles' });
    expect(chinese.text).toContain('另有 2 个空白图块未看。');
  });

  it('are listed together if there is nothing else', async () => {
    const read = ({ x }: PixelWindow) => (x < 200 ? nothing : flat);
    const { session } = await opened({ info, read });
    const { text } = await session.asking.ask({ task: 'find', label: 'car', region: 'scene', slicing: 'tiles' });
    expect(text).toBe('There is nothing to look at here: 2 tiles without data, 2 tiles of one value.');
  });

  it('are judged by the region that was drawn, not by what is shown around it', async () => {
    const valid = Uint8Array.from({ length: 256 * 256 }, (_, i) => Number(i % 256 < 128));
    const read = () => ({ valid, validFraction: 0.5 });
    const { session, workers } = await opened({ info: { width: 256, height: 256 }, read });
    // The tile shows 128 × 128 pixels: the region lies in its valid half, or beyond it.
    const east = await session.asking.ask({
      task: 'find',
      label: 'car',
      region: { x: 200, y: 100, width: 20, height: 20 },
    });
    expect(east.text).toContain('nothing to look at here');
    expect(workers.requests).toHaveLength(0);
    await session.asking.ask({ task: 'find', label: 'car', region: { x: 10, y: 100, width: 20, height: 20 } });
    expect(workers.requests).toHaveLength(1);
  });
});

describe('what the model is given', () => {
  it('has its invalid pixels filled, and a mask of them', async () => {
    const valid = Uint8Array.from({ length: 256 * 256 }, (_, i) => Number(i % 256 < 128));
    const { session, workers } = await opened({ read: () => ({ valid, validFraction: 0.5 }) });
    const answer = await session.asking.ask({ task: 'find', label: 'car', region: 'scene' });
    const tile = workers.requests[0]!.views[0].pixels;
    expect(tile.valid).toEqual(valid);
    const shown = await session.asking.readModelInput(answer, answer.raw[0]!.tile, new AbortController().signal);
    expect(shown.data).toEqual(tile.data);
  });
});

describe('presence in a scene larger than a tile', () => {
  const info = { width: 700, height: 256 };
  const question: AskInput = { task: 'ask', text: 'Is there an airplane in this image?', region: 'scene' };
  const answers =
    (yesFrom: number): NonNullable<FakeBehaviour['answer']> =>
    async ({ views, intent }) => {
      const yes = views[0].window.x >= yesFrom;
      if (intent.language === 'zh')
        return yes ? says('是的，有飞机：[airplane 1]。') : says('不，没有飞机。图像显示的是海滩。');
      return yes
        ? says('Yes, there are airplanes: [airplane 1], [airplane 2].')
        : says('No, there are no airplanes. The image shows a beach.');
    };

  it('is yes if any tile says so, with what it points at', async () => {
    const { session, workers } = await opened({ info, answer: answers(400) });
    const answer = await session.asking.ask(question);
    expect(workers.requests.every(({ views }) => views[0].window.width === 256)).toBe(true);
    expect(answer.text).toBe('Yes, in 1 of 4 tiles: 2 airplanes.');
    expect(answer.runs.find(({ text }) => text === '2 airplanes')?.objectIds).toHaveLength(2);
    expect((await session.asking.ask({ ...question, text: '图中有飞机吗？' })).text).toBe(
      '是的，4 个图块中的 1 个有：1 架飞机。',
    );
  });

  it('is yes with a place if nothing is pointed at', async () => {
    const answer: NonNullable<FakeBehaviour['answer']> = async ({ views }) =>
      views[0].window.x > 200 ? says('Yes, there is water.') : says('No, there is no water. The image shows a beach.');
    const { session } = await opened({ info, answer });
    expect((await session.asking.ask({ ...question, text: 'Is there water?' })).text).toBe(
      'Yes, in 2 of 4 tiles, for example around 424, 128.',
    );
  });

  it('is no only if all tiles say so', async () => {
    const { session } = await opened({ info, answer: answers(9999) });
    expect((await session.asking.ask(question)).text).toBe('No, there are no airplanes in any of 4 tiles.');
    expect((await session.asking.ask({ ...question, text: '图中有飞机吗？' })).text).toBe(
      '不，没有飞机：4 个图块中都没有。',
    );
    const broken: NonNullable<FakeBehaviour['answer']> = async (...args) => {
      if (args[0].views[0].window.x === 0) throw new NadirError('OUT_OF_MEMORY', 'Too little memory.');
      return answers(9999)(...args);
    };
    const partly = await opened({ info, answer: broken });
    expect((await partly.session.asking.ask(question)).text).toBe(
      'None seen in 3 tiles. There may be some in the rest of the region. 1 of 4 tiles failed and is not included.',
    );
  });

  it('is not claimed from a sample of the tiles', async () => {
    const large = { width: 12_000, height: 9000 };
    const { session, workers } = await opened({ info: large, answer: answers(99_999) });
    const { text } = await session.asking.ask(question);
    expect(workers.requests.length).toBeLessThanOrEqual(256);
    expect(text).toMatch(
      /^None seen in \d+ tiles\. There may be some in the rest of the region\. Looked at \d+ of \d+ tiles, spread evenly\.$/,
    );
  });

  it('is not claimed from a picture that was shrunk, or is too coarse itself', async () => {
    const { session } = await opened({ info: { width: 3072, height: 2048 }, answer: answers(9999) });
    const resized = await session.asking.ask({ ...question, slicing: 'resize' });
    expect(resized.text).toBe(
      "That can't be judged at this scale: the picture was shrunk 6 times more than Test is made for. Ask tile by tile, or about a smaller region.",
    );
    expect((await session.asking.ask({ ...question, text: '图中有飞机吗？', slicing: 'resize' })).text).toContain(
      '在此尺度下无法判断',
    );
    const coarse = await opened({ info: { gsdMetres: { x: 10, y: 10 } }, answer: answers(9999) });
    expect((await coarse.session.asking.ask(question)).text).toBe(
      "That can't be judged at this scale: a pixel covers 10 m, and Test is made for 0.05 to 1 m.",
    );
  });
});

describe('a region of imagery far too coarse', () => {
  it('is not named, and at a scale that the model knows it is', async () => {
    const ask = async (metres: number) => {
      const info = { gsdMetres: { x: metres, y: metres } };
      const { session } = await opened({ info, answer: async () => says('This is a car.') });
      const region = { x: 10, y: 10, width: 40, height: 40 };
      return (await session.asking.ask({ task: 'identify', region })).text;
    };
    expect(await ask(10)).toBe(
      "That can't be judged at this scale: a pixel covers 10 m, and Test is made for 0.05 to 1 m.",
    );
    expect(await ask(0.3)).toBe('This is a car.');
  });
});

describe('counts and finds at a scale that the model does not know', () => {
  it('never say that there is none', async () => {
    const { session } = await opened({
      info: { width: 3072, height: 2048 },
      answer: async () => says('There are no cars. The image shows a beach.', { numbers: { stated: 0 } }),
    });
    for (const task of ['find', 'count', 'segment'] as const) {
      const { text } = await session.asking.ask({ task, label: 'car', region: 'scene', slicing: 'resize' });
      expect(text).toContain("Whether there are cars can't be judged at this scale: the picture was shrunk 6 times");
    }
  });

  it('say what may be missing beside what they found', async () => {
    const { session } = await opened({
      info: { gsdMetres: { x: 3, y: 3 } },
      answer: async () => says('Cars: [car 1].'),
    });
    const { text } = await session.asking.ask({ task: 'find', label: 'car', region: 'scene' });
    expect(text).toMatch(/^\d cars? in .* A pixel covers 3 m, and Test is made for 0\.05 to 1 m: this is uncertain\.$/);
  });

  it('say nothing of this at a scale that it is made for', async () => {
    for (const gsdMetres of [null, { x: 0.3, y: 0.3 }, { x: 0.9, y: 0.9 }, { x: 0.05, y: 0.05 }]) {
      const { session } = await opened({ info: { gsdMetres }, answer: async () => says('There are no cars.') });
      const { text } = await session.asking.ask({ task: 'find', label: 'car', region: 'scene' });
      expect(text).not.toMatch(/scale|pixel/);
    }
  });
});

describe('words and boxes agree', () => {
  it('or the words are made from the boxes', async () => {
    const { session } = await opened({
      answer: async () => says('This is an airport. It shows storage tanks: [car 1], [car 2] and cars: [car 3].'),
    });
    const answer = await session.asking.ask({ task: 'describe', region: 'scene' });
    expect(answer.text).toBe('Most like airport. 3 cars.');
    expect(answer.runs.find(({ text }) => text === '3 cars')?.objectIds).toHaveLength(3);
  });

  it('leave out boxes of other classes than the question names', async () => {
    const { session } = await opened({ answer: async () => says('Airplanes: [airplane 1], [car 1], [airplane 2].') });
    const answer = await session.asking.ask({ task: 'ask', text: 'Where are the jets parked?', region: 'scene' });
    expect(answer.text).toBe('2 airplanes in the scene.');
    expect(session.review.objects.value.map(({ label }) => label)).toEqual(['airplane', 'airplane']);
    expect(answer.otherClassBoxes).toBe(1);
  });

  it('name what was pointed at if the question names no class', async () => {
    const { session } = await opened({ answer: async () => says('Pavements: [airplane 1], [airplane 2].') });
    const answer = await session.asking.ask({ task: 'ask', text: 'Where are the pavements?', region: 'scene' });
    expect(answer.text).toBe('The model pointed at 2 airplanes, which may not answer the question.');
  });

  it('and a number that the boxes do not bear out is not repeated', async () => {
    const { session } = await opened({ answer: async () => says('There are 5 cars: [car 1], [car 2].') });
    expect((await session.asking.ask({ task: 'ask', text: 'What about the cars?', region: 'scene' })).text).toBe(
      '2 cars in the scene.',
    );
  });

  it('own words that agree stay as they are', async () => {
    const words = 'This is an airport. It shows airplanes: [airplane 1], cars: [car 1], [car 2].';
    const { session } = await opened({ answer: async () => says(words) });
    const answer = await session.asking.ask({ task: 'describe', region: 'scene' });
    expect(answer.text).toBe(words.replace(/[[\]]/g, ''));
  });

  it('over many tiles, too', async () => {
    const { session } = await opened({
      info: { width: 700, height: 256 },
      answer: async () =>
        says('This is an airport. It shows airplanes: [airplane 1], [car 1].', {
          scores: {
            scene: [{ label: 'airport', probability: 0.8 }],
            presence: [
              { label: 'trees', probability: 0.9 },
              { label: 'pavement', probability: 0.2 },
            ],
          },
        }),
    });
    const answer = await session.asking.ask({ task: 'describe', region: 'scene' });
    expect(answer.text).toBe('Mostly airport: 4 of 4 tiles. 4 airplanes, 4 cars. Seen in tiles: trees 4.');
    const counts = new Map(answer.runs.map(({ text, objectIds }) => [text, objectIds.length]));
    expect([counts.get('4 airplanes'), counts.get('4 cars')]).toEqual([4, 4]);
  });
});

describe('a label that is no class', () => {
  it.each<AskInput>([
    { task: 'find', label: 'pavements' },
    { task: 'ask', text: 'Find all pavements.' },
    { task: 'ask', text: 'How many pavements are there?' },
    { task: 'segment', label: 'trees' },
  ])('is refused with the classes that there are: $task $label $text', async (input) => {
    const { session, workers } = await opened({ answer: async () => says('Pavements: [airplane 1].') });
    const refusal = await session.asking.ask({ region: 'scene', ...input }).catch((thrown) => NadirError.from(thrown));
    expect(refusal).toMatchObject({ code: 'LABEL_UNKNOWN', message: expect.stringContaining('airplanes') });
    expect(workers.requests).toEqual([]);
    expect(session.asking.answers.value).toEqual([]);
  });

  it('but another word for one is that class, and lets no other through', async () => {
    const { session } = await opened({ answer: async () => says('Jets: [airplane 1], [car 1].') });
    for (const input of [
      { task: 'find', label: 'jets' },
      { task: 'ask', text: 'Find all jets' },
    ] as const) {
      const answer = await session.asking.ask({ region: 'scene', ...input });
      expect(answer).toMatchObject({
        label: 'airplane',
        prompt: 'find airplane',
        text: '1 airplane in the scene.',
      });
      expect(session.review.objects.value.map(({ label }) => label)).toEqual(['airplane']);
    }
  });

  it('is passed on to a model without classes', async () => {
    const open = { ...TEST_MODEL, classes: [], densities: [] };
    const { session, workers } = await opened({
      load: async () => ({ ...LOADED, model: open }),
      answer: async () => says('Red roofs: [red roof 1].'),
    });
    const answer = await session.asking.ask({ task: 'find', label: 'red roofs', region: 'scene' });
    expect(answer.question).toBe('Find all red roofs.');
    expect(workers.requests[0]?.intent).toMatchObject({ task: 'find', label: 'red roofs', text: '' });
    expect(answer.counts.merged).toBe(1);
  });
});
