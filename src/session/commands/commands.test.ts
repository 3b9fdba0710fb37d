import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SceneInfo } from '../../imagery/image.ts';
import type { Answer } from '../document.ts';
import { carsResult, exportedGeoJson, type FakeBehaviour, fakeWorkers, LOADED } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';
import type { ScreenAction } from './command.ts';

/** Typed commands in a session of stand-in workers: what they change, what they say, and that they can be taken back. */

/** Cars with these scores, left to right, each larger than the one before. */
const cars =
  (...scores: number[]): NonNullable<FakeBehaviour['answer']> =>
  async () => {
    const result = carsResult(scores.length);
    return {
      ...result,
      things: result.things.map((thing, i) => ({
        ...thing,
        score: scores[i]!,
        box: { ...thing.box, w: 10 + 2 * i, h: 10 + 2 * i },
      })),
    };
  };

const FOUR_BANDS: Partial<SceneInfo> = {
  bands: (['red', 'green', 'blue', 'nir'] as const).map((role, index) => ({ index, name: role, role })),
  defaultBands: { red: 0, green: 1, blue: 2, nir: 3 },
};

async function opened(behaviour: FakeBehaviour = {}) {
  const workers = fakeWorkers(behaviour);
  const session = createSession(workers);
  const actions: ScreenAction[] = [];
  session.commands.listen((action) => actions.push(action));
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  const type = (text: string): Promise<Answer> => session.asking.ask({ task: 'ask', text });
  return { session, workers, actions, type };
}

const found = async (...scores: number[]) => {
  const all = await opened({ answer: cars(...scores) });
  await all.session.asking.ask({ task: 'find', label: 'car', region: 'scene' });
  return all;
};

const states = (session: Session) => session.review.objects.value.map(({ state }) => state);

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('deciding by score', () => {
  it('rejects what lies below, in one step, and says so', async () => {
    const { session, workers, type } = await found(0.3, 0.5, 0.49, 0.9);
    const before = workers.requests.length;
    const answer = await type('delete boxes below 0.5');
    expect(answer).toMatchObject({ status: 'done', text: 'Rejected 2 objects with a score below 0.5.' });
    expect(states(session)).toEqual(['rejected', 'proposed', 'rejected', 'proposed']);
    expect(session.history.canUndo.value).toMatchObject({ label: 'reject 2 objects', key: stepOf(answer) });
    session.history.undo();
    expect(states(session)).toEqual(['proposed', 'proposed', 'proposed', 'proposed']);
    expect(workers.requests).toHaveLength(before);
  });

  it('leaves what a person has decided, and says so', async () => {
    const { session, type } = await found(0.3, 0.95, 0.97);
    const [low, high] = session.review.objects.value;
    session.review.setState(low!.id, 'accepted');
    session.review.setState(high!.id, 'rejected');
    expect((await type('reject cars under 50 %')).text).toBe(
      'There is no undecided car with a score below 0.5; nothing was changed. 1 object decided before was left as it is.',
    );
    expect((await type('accept everything above 0.9')).text).toBe(
      'Accepted 1 object with a score above 0.9. 1 object decided before was left as it is.',
    );
    expect(states(session)).toEqual(['accepted', 'rejected', 'accepted']);
  });

  it('speaks Chinese when asked in it', async () => {
    const { session, type } = await found(0.3, 0.9);
    expect((await type('删除置信度低于0.5的汽车')).text).toBe('已拒绝得分低于 0.5 的 1 辆汽车。');
    expect(states(session)).toEqual(['rejected', 'proposed']);
    expect((await type('撤销')).text).toBe('已撤销：拒绝 1 个对象。');
    expect(states(session)).toEqual(['proposed', 'proposed']);
  });

  it('says why it can’t', async () => {
    const { session, type } = await opened();
    expect((await type('delete boxes below 0.5')).text).toBe('No objects are boxed yet. Ask to find some first.');
    await session.asking.ask({ task: 'find', label: 'car', region: 'scene' });
    expect((await type('delete boxes below 50')).text).toMatch(/^Scores lie between 0 and 1, and 50 doesn't/);
    expect((await type('reject all clouds')).text).toBe('There are no boxes named “clouds”. Boxed so far: cars.');
    expect(states(session)).toEqual(['proposed', 'proposed']);
    expect(session.history.canUndo.value).toBeNull();
  });

  it('decides about one by its number', async () => {
    const { session, type } = await found(0.3, 0.9);
    const answer = await type('reject car 2');
    expect(answer.text).toBe('Rejected car 2.');
    expect(answer.runs).toContainEqual({ text: 'car 2', objectIds: [session.review.objects.value[1]!.id] });
    expect(states(session)).toEqual(['proposed', 'rejected']);
    expect((await type('reject car 2')).text).toBe('car 2 is rejected already.');
    expect((await type('reject car 7')).text).toBe('There is no car 7 among the 2 cars boxed so far.');
  });
});

describe('undo and redo', () => {
  it('take back the last step and do it again', async () => {
    const { session, type } = await found(0.3, 0.9);
    await type('delete boxes below 0.5');
    expect((await type('undo that')).text).toBe('Undid: reject 1 object.');
    expect(states(session)).toEqual(['proposed', 'proposed']);
    expect((await type('redo')).text).toBe('Did again: reject 1 object.');
    expect(states(session)).toEqual(['rejected', 'proposed']);
    expect((await type('redo')).text).toBe('There is nothing to redo.');
  });
});

describe('the view', () => {
  it('goes to the largest known, without looking', async () => {
    const { session, workers, actions, type } = await found(0.9, 0.8, 0.7);
    const before = workers.calls.length;
    const largest = session.review.objects.value[2]!;
    const answer = await type('zoom to the largest car');
    expect(answer.text).toBe('Zoomed to car 3, the largest of the 3 cars boxed so far.');
    expect(actions).toEqual([{ kind: 'zoom-object', objectId: largest.id }]);
    expect(workers.calls).toHaveLength(before);
    session.review.setState(largest.id, 'rejected');
    expect((await type('缩放到最大的汽车')).text).toBe('已缩放到汽车 2，即目前框出的 2 辆汽车中最大的一个。');
  });

  it('asks first where nothing of the class is known', async () => {
    const { session, actions, type } = await opened({
      look: async () => ({
        masks: [],
        proposals: [
          { label: 'airplane', score: 0.9, box: { cx: 60, cy: 60, w: 20, h: 20, thetaDeg: 0 }, rings: null },
          { label: 'airplane', score: 0.9, box: { cx: 160, cy: 60, w: 40, h: 40, thetaDeg: 0 }, rings: null },
        ],
        scores: {},
        densities: [],
      }),
    });
    const answer = await type('zoom to the largest airplane');
    expect(answer).toMatchObject({
      status: 'done',
      plan: { intent: 'extreme', order: 'largest' },
      command: { kind: 'zoom' },
    });
    const [id] = answer.runs.flatMap(({ objectIds }) => objectIds);
    expect(session.review.objects.value.find((object) => object.id === id)?.box.w).toBeCloseTo(40);
    expect(actions).toEqual([{ kind: 'zoom-object', objectId: id }]);
    // Only the largest is boxed now; the smallest is still looked for among all.
    const smallest = await type('select the smallest airplane');
    expect(smallest).toMatchObject({ plan: { order: 'smallest' } });
    const selected = session.review.objects.value.find((object) => object.id === session.review.selected.value);
    expect(selected?.box.w).toBeCloseTo(20);
  });

  it('has the model read a noun that is none of its own words', async () => {
    const session = createSession(
      fakeWorkers({
        load: async () => ({ ...LOADED, model: { ...LOADED.model, reader: { leastCertainty: 0.5 } } }),
        readQuestion: async () => ({
          intent: 'extreme',
          subjects: ['other:church'],
          where: null,
          order: 'largest',
          quantity: null,
          filter: null,
          language: 'en',
          certainty: 0.9,
          alternatives: [],
        }),
      }),
    );
    await session.model.load('wasm');
    await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
    const answer = await session.asking.ask({ task: 'ask', text: 'zoom to the largest church' });
    expect(answer).toMatchObject({ status: 'done', plan: { subjects: ['other:church'] }, command: { undo: null } });
    expect(answer.text).toMatch(/church/);
  });

  it('goes to region and image, and says where there is none', async () => {
    const { session, actions, type } = await opened();
    expect((await type('zoom to the region')).text).toMatch(/^No region is marked/);
    session.layers.region.value = { x: 10, y: 20, width: 30, height: 40 };
    session.layers.view.value = { x: 0, y: 0, width: 100, height: 100 };
    const answer = await type('zoom to the region');
    expect(answer.command?.undo).toEqual({ view: { x: 0, y: 0, width: 100, height: 100 } });
    await type('zoom to the whole image');
    expect(actions).toEqual([
      { kind: 'zoom-window', window: { x: 10, y: 20, width: 30, height: 40 } },
      { kind: 'zoom-window', window: { x: 0, y: 0, width: 256, height: 256 } },
    ]);
    expect((await type('zoom to it')).text).toMatch(/^Nothing is selected/);
  });

  it('selects by number', async () => {
    const { session, type } = await found(0.9, 0.8);
    expect((await type('select car 2')).text).toBe('Selected car 2.');
    expect(session.review.selected.value).toBe(session.review.objects.value[1]!.id);
  });

  it('hides and shows boxes and masks; both can be undone', async () => {
    const { session, actions, type } = await found(0.9);
    expect((await type('hide boxes')).text).toBe('Boxes are hidden.');
    session.history.undo();
    expect((await type('显示掩膜')).text).toBe('掩膜已显示。目前没有掩膜，请先分割目标。');
    expect(actions).toEqual([
      { kind: 'show', what: 'boxes', visible: false },
      { kind: 'show', what: 'boxes', visible: true },
      { kind: 'show', what: 'masks', visible: true },
    ]);
  });
});

describe('how the image is shown', () => {
  it('follows the presets that its bands allow', async () => {
    const { session, type } = await opened({ info: FOUR_BANDS });
    expect((await type('show in infrared')).text).toBe(
      'The map shows colour-infrared, and the model gets the same bands.',
    );
    expect(session.layers.active.value?.bands).toMatchObject({ red: 3, green: 0, blue: 1 });
    const answer = await type('显示NDVI');
    expect(session.layers.active.value?.display).toMatchObject({ kind: 'index', expression: '(b4 - b1) / (b4 + b1)' });
    expect(session.history.canUndo.value?.key).toBe(stepOf(answer));
    await type('show it in natural colours');
    expect(session.layers.active.value).toMatchObject({
      display: { kind: 'rgb' },
      bands: { red: 0, green: 1, blue: 2 },
    });
  });

  it('says which band is missing', async () => {
    const { session, type } = await opened();
    expect((await type('show NDVI')).text).toMatch(/^NDVI needs a near infrared band, and none is known/);
    expect((await type('用红外显示')).text).toMatch(/^彩红外需要近红外波段/);
    expect(session.history.canUndo.value).toBeNull();
  });
});

describe('exporting', () => {
  it('saves what was found, without the commands', async () => {
    const { session, actions, type } = await found(0.9, 0.3);
    await type('reject boxes below 0.5');
    expect((await type('export as GeoJSON')).text).toBe('Saved scene.geojson with 1 object.');
    const [action] = actions;
    expect(action).toMatchObject({ kind: 'save', file: { fileName: 'scene.geojson' } });
    const exported = await exportedGeoJson(session);
    expect(exported.features).toHaveLength(1);
    expect(JSON.stringify(exported)).not.toContain('reject boxes below');
    expect((await type('帮我导出成PDF')).text).toBe('不能导出为“pdf”。可导出为：GeoJSON。');
  });

  it('says when there is nothing', async () => {
    const { actions, type } = await opened();
    expect((await type('export these')).text).toMatch(/^There is nothing to export yet/);
    expect(actions).toEqual([]);
  });
});

describe('clearing', () => {
  it('removes answers and objects in one step that can be undone', async () => {
    const { session, type } = await found(0.9, 0.3);
    await type('reject car 2');
    const answers = session.asking.answers.value.map(({ id }) => id);
    const cleared = await type('clear the conversation');
    expect(cleared.text).toBe('Removed 2 answers and 2 objects, 1 of them accepted or rejected.');
    expect(session.asking.answers.value.map(({ id }) => id)).toEqual([cleared.id]);
    expect(session.review.objects.value).toEqual([]);
    session.history.undo();
    expect(session.asking.answers.value.map(({ id }) => id)).toEqual([...answers, cleared.id]);
    expect(states(session)).toEqual(['proposed', 'rejected']);
  });
});

it('works while the view is outside the image', async () => {
  const { session, type } = await opened();
  session.layers.view.value = { x: 1000, y: 1000, width: 10, height: 10 };
  expect((await type('zoom to the whole image')).status).toBe('done');
});

function stepOf({ command }: Answer): string | undefined {
  return command?.undo && 'step' in command.undo ? command.undo.step : undefined;
}
