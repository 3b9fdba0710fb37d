import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SceneInfo } from '../../imagery/image.ts';
import { carsResult, fakeWorkers, LOADED } from '../fakes.ts';
import { stepName } from '../history/steps.ts';
import { createSession } from '../session.ts';
import type { ScreenAction } from './command.ts';

/** Typed commands about classes and sizes, and what works before the model is there. */

/** Half a metre a pixel. */
const PLACED: Partial<SceneInfo> = {
  gsdMetres: { x: 0.5, y: 0.5 },
  georeference: {
    kind: 'affine',
    geotransform: [500_000, 0.5, 0, 4_000_000, 0, -0.5],
    crs: 'EPSG:32611',
    crsName: 'WGS 84 / UTM zone 11N',
    proj4: '+proj=utm +zone=11 +datum=WGS84 +units=m +no_defs',
    units: 'metre',
    pixelIsPoint: false,
  },
};

/** Two airplanes of 10 × 10 and 20 × 20 pixels and a car of 12 × 12. */
async function found(info: Partial<SceneInfo> = PLACED) {
  const answer = async () => {
    const result = carsResult(3);
    const labels = ['airplane', 'airplane', 'car'];
    const sides = [10, 20, 12];
    const things = result.things.map((thing, i) => ({
      ...thing,
      label: labels[i]!,
      box: { ...thing.box, w: sides[i]!, h: sides[i]! },
    }));
    return { ...result, things };
  };
  const session = createSession(fakeWorkers({ info, answer }));
  const actions: ScreenAction[] = [];
  session.commands.listen((action) => actions.push(action));
  await session.model.load('wasm');
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  await session.asking.ask({ task: 'describe', region: 'scene', slicing: 'resize' });
  expect(session.review.objects.value.map(({ label }) => label)).toEqual(['airplane', 'airplane', 'car']);
  const type = async (text: string) => (await session.asking.ask({ task: 'ask', text })).text;
  return { session, actions, type };
}

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('classes', () => {
  it('are hidden and shown again, with undo', async () => {
    const { session, type } = await found();
    const hidden = () => [...session.review.hiddenLabels.value];
    expect(await type('hide the cars')).toBe('Cars are hidden.');
    expect(hidden()).toEqual(['car']);
    expect(session.history.canUndo.value?.label).toBe('hide car');
    expect(await type('Show the cars')).toBe('Cars are shown again.');
    expect(hidden()).toEqual([]);
    expect(await type('只显示飞机')).toBe('只显示飞机，已隐藏汽车。');
    expect(hidden()).toEqual(['car']);
    expect(await type('撤销')).toBe('已撤销：隐藏汽车。');
    expect(hidden()).toEqual([]);
    expect(await type('hide the harbors')).toMatch(/^(No harbors|There are no boxes named “harbors”)/);
    expect(await type('show all classes')).toBe('No class is hidden.');
    await type('hide the airplanes');
    await session.opening.openFile(new File([new Uint8Array(4)], 'other.tif'));
    expect(hidden()).toEqual([]);
  });

  it('are exported alone', async () => {
    const { actions, type } = await found();
    expect(await type('export only the airplanes as GeoJSON')).toBe('Saved scene.geojson with 2 airplanes.');
    const saved = actions.at(-1);
    const { features } = JSON.parse(await (saved?.kind === 'save' ? saved.file.blob.text() : '{}'));
    expect(features.map((feature: { properties: { label: string } }) => feature.properties.label)).toEqual([
      'airplane',
      'airplane',
    ]);
    expect(await type('只导出汽车')).toBe('已保存 scene.geojson，含 1 辆汽车。');
    await type('delete all cars');
    expect(await type('export the cars')).toBe('All cars are rejected, so there is nothing to export.');
    expect(await type('export the storage tanks')).toBe('No storage tanks are boxed yet. Ask to find some first.');
    expect(await type('export only the airplanes as shapefile')).toMatch(/^There is no export as “shapefile”/);
  });
});

describe('sizes', () => {
  const states = (session: Awaited<ReturnType<typeof found>>['session']) =>
    session.review.objects.value.map(({ state }) => state);

  it('decide, on the ground', async () => {
    const { session, type } = await found();
    // 10 × 10 pixels are 25 m², 12 × 12 are 36 m², 20 × 20 are 100 m².
    expect(await type('delete airplanes smaller than 30 m²')).toBe(
      'Rejected 1 airplane smaller than 30 m². Sizes are of boxes where there is no mask.',
    );
    expect(states(session)).toEqual(['rejected', 'proposed', 'proposed']);
    session.history.undo();
    expect(await type('删除面积小于40平方米的框')).toBe('已拒绝面积小于 40 m² 的 2 个对象。没有掩膜的按框计算大小。');
    expect(states(session)).toEqual(['rejected', 'proposed', 'rejected']);
    expect(await type('undo')).toBe('Undid: reject 2 objects.');
    expect(await type('reject everything longer than 9 m')).toMatch(/^Rejected 1 object longer than 9 m\./);
    expect(states(session)).toEqual(['proposed', 'rejected', 'proposed']);
    expect(await type('delete cars larger than 2 ha')).toBe(
      'There is no undecided car larger than 2 ha; nothing was changed.',
    );
  });

  it('are in pixels where there is no scale', async () => {
    const { session, type } = await found({});
    expect(await type('delete boxes smaller than 20 m²')).toBe(
      "This image has no scale, so sizes in m² can't be told. Say them in pixels.",
    );
    expect(states(session)).toEqual(['proposed', 'proposed', 'proposed']);
    expect(await type('delete boxes smaller than 150 pixels')).toMatch(/^Rejected 2 objects smaller than 150 px²\./);
  });
});

it('without a model, what needs none is done at once, and the rest waits', async () => {
  let finish: () => void = () => undefined;
  const loaded = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const session = createSession(fakeWorkers({ info: PLACED, load: () => loaded.then(() => LOADED) }));
  await session.opening.openFile(new File([new Uint8Array(4)], 'scene.tif'));
  const loading = session.model.load('wasm');
  const ask = (text: string) => session.asking.ask({ task: 'ask', text });
  expect((await ask('undo')).text).toBe('There is nothing to undo.');
  expect((await ask('hide boxes')).text).toBe('Boxes are hidden.');
  expect((await ask('What is the resolution?')).text).toBe('A pixel shows 0.5 m of ground.');
  expect((await ask('hide the cars')).text).toMatch(/^There are no boxes named “cars”\. Nothing is boxed yet\./);
  expect(session.asking.needsModel({ task: 'ask', text: 'zoom in' })).toBe(false);
  for (const text of ['How many cars are there?', 'zoom to the largest car']) {
    expect(session.asking.needsModel({ task: 'ask', text })).toBe(true);
  }
  expect(session.asking.needsModel({ task: 'describe' })).toBe(true);
  const waiting = ask('How many cars are there?');
  finish();
  await loading;
  expect((await waiting).status).toBe('done');
});

it('steps have names in Chinese', () => {
  const name = (id: Parameters<typeof stepName>[0]['id'], target: string) => stepName({ id, target }, 'zh');
  expect(name('accept-object', 'storage tank 12')).toBe('接受储油罐 12');
  expect(name('reject-objects', '1,203 objects')).toBe('拒绝 1,203 个对象');
  expect(name('hide-overlay', 'masks')).toBe('隐藏掩膜');
  expect(name('hide-classes', 'airplane, car')).toBe('隐藏飞机、汽车');
  expect(name('rename-layer', 'car 3')).toBe('car 3的名称');
});
