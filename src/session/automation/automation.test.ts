import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { carsResult, type FakeBehaviour, fakeWorkers, sceneInfo } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';
import { type Automation, installAutomation } from './automation.ts';

/** The page as the command line drives it: files are chosen in its inputs, which open them, and then a question is put. */

const ticks = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
/** Uncompressed tiles of one grid: one name, one size. */
const tile = (content: 'good' | 'torn') => new File([content], 'tile.tif');

class FakeInput extends EventTarget {
  readonly type = 'file';
  readonly id: string;
  files: File[] = [];
  constructor(id: string) {
    super();
    this.id = id;
  }
}

const broken: NonNullable<FakeBehaviour['open']> = async (image) => {
  const text = await image.text();
  if (text.startsWith('torn')) throw new NadirError('NOT_AN_IMAGE', 'tile.tif is no image.');
  return sceneInfo({ id: `scene of ${text}`, fileName: image.name, sizeBytes: image.size });
};

let page: EventTarget;
async function started(behaviour: FakeBehaviour = { open: broken }) {
  const session: Session = createSession(fakeWorkers(behaviour));
  const automation: Automation = installAutomation(session, () => undefined);
  await session.model.load('wasm');
  /** As the page does: the input's own listener opens what was chosen. */
  const choose = async (id: 'scene-file' | 'before-file', file: File, ...beside: File[]) => {
    const input = new FakeInput(id);
    input.files = [file, ...beside];
    const event = new Event('change');
    Object.defineProperty(event, 'target', { value: input });
    page.dispatchEvent(event);
    const opened = id === 'scene-file' ? session.opening.openFiles([file, ...beside]) : session.comparison.open(file);
    void Promise.resolve(opened).catch(() => undefined);
    await ticks(5);
  };
  return { session, automation, choose };
}

const find = { task: 'find', label: 'car', backend: 'wasm' } as const;
const change = { task: 'change', backend: 'wasm' } as const;

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('[]'));
  page = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('HTMLInputElement', FakeInput);
});
afterEach(() => {
  vi.unstubAllGlobals();
  globalThis.nadir = undefined;
});

describe('files of one name and size', () => {
  it('answers for a file that can’t be opened with its error, not about the one before it', async () => {
    const { session, automation, choose } = await started();
    await choose('scene-file', tile('good'));
    expect(await automation.analyze(find)).toMatchObject({ ok: true, result: { counts: { merged: 2 } } });
    await choose('scene-file', tile('torn'));
    expect(await automation.analyze(find)).toMatchObject({ ok: false, error: { code: 'NOT_AN_IMAGE' } });
    expect(session.layers.all.value).toEqual([]);
    expect(await automation.look({})).toMatchObject({ ok: false, error: { code: 'NOT_AN_IMAGE' } });
  });

  it('opens the second of two valid ones', async () => {
    const contents: string[] = [];
    const { automation, choose } = await started({
      open: async (image) => {
        contents.push(await image.text());
        return sceneInfo({ id: `s${contents.length}`, fileName: image.name, sizeBytes: image.size });
      },
    });
    await choose('scene-file', new File(['2023'], 'tile.tif'));
    await automation.analyze(find);
    await choose('scene-file', new File(['2024'], 'tile.tif'));
    await automation.analyze(find);
    expect(contents).toEqual(['2023', '2024']);
  });

  it('tries a file again together with what was chosen beside it', async () => {
    const beside: string[][] = [];
    const { automation, choose } = await started({
      open: async (_image, sidecars = []) => {
        beside.push(sidecars.map(({ name }) => name));
        throw new NadirError('NOT_AN_IMAGE', 'No image.');
      },
    });
    await choose('scene-file', tile('good'), new File(['1'], 'tile.tfw'));
    await automation.analyze(find);
    expect(beside).toEqual([['tile.tfw'], ['tile.tfw']]);
  });

  it('doesn’t open a file again that the page has opened, however many questions are about it', async () => {
    let opened = 0;
    const { automation, choose } = await started({
      open: async (image) => {
        opened += 1;
        return sceneInfo({ fileName: image.name });
      },
    });
    await choose('scene-file', tile('good'));
    await automation.analyze(find);
    await automation.analyze({ ...find, task: 'count' });
    expect(opened).toBe(1);
  });
});

describe('the earlier image', () => {
  it('that can’t be opened leaves no comparison with one of the same name and size', async () => {
    const { automation, choose } = await started();
    await choose('scene-file', new File(['later'], 'a.tif'));
    await choose('before-file', new File(['2022.'], 'b.tif'));
    expect(await automation.analyze(change)).toMatchObject({ ok: true });
    await choose('before-file', new File(['torn.'], 'b.tif'));
    expect(await automation.analyze(change)).toMatchObject({ ok: false, error: { code: 'NOT_AN_IMAGE' } });
  });

  it('is another file than one of the same name and size', async () => {
    const contents: string[] = [];
    const { automation, choose } = await started({
      open: async (image) => {
        contents.push(await image.text());
        return sceneInfo({ id: `s${contents.length}`, fileName: image.name, sizeBytes: image.size });
      },
      answer: async () => carsResult(0, { text: 'Nothing changed.', things: [], numbers: {} }),
    });
    await choose('scene-file', new File(['later'], 'a.tif'));
    await choose('before-file', new File(['2022.'], 'b.tif'));
    expect(await automation.analyze(change)).toMatchObject({ ok: true });
    await choose('before-file', new File(['2023.'], 'b.tif'));
    expect(await automation.analyze(change)).toMatchObject({ ok: true });
    expect(contents).toEqual(['later', '2022.', '2023.']);
  });

  it('is forgotten with the image that it was chosen for', async () => {
    const { automation, choose } = await started();
    await choose('scene-file', new File(['one'], 'one.tif'));
    await choose('before-file', new File(['earlier'], 'earlier.tif'));
    expect(await automation.analyze(change)).toMatchObject({ ok: true });
    await choose('scene-file', new File(['two'], 'two.tif'));
    expect(await automation.analyze(change)).toMatchObject({ ok: false, error: { code: 'NO_EARLIER_IMAGE' } });
  });
});
