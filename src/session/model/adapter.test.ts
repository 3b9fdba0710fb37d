import { describe, expect, it } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import { createMemoryStore } from '../../storage/key-value-store.ts';
import { until } from '../automation/until.ts';
import { exportedGeoJson, type FakeBehaviour, type FakeWorkers, fakeWorkers, TEST_ADAPTER } from '../fakes.ts';
import type { Session } from '../port.ts';
import { createSession } from '../session.ts';

/** The adapter as the session keeps it; the worker is a stand-in. */
const folder = [new File(['{}'], 'adapter_config.json'), new File(['x'], 'adapter_model.safetensors')];

async function ready(behaviour: FakeBehaviour = {}, storage = createMemoryStore()) {
  const workers = { ...fakeWorkers(behaviour), storage };
  const session = createSession(workers);
  await session.model.load('wasm');
  await session.opening.openFile(new File(['data'], 'scene.tif'));
  return { workers, session, storage };
}

const count = (workers: FakeWorkers, call: string) => workers.calls.filter((c) => c === call).length;
const ask = (session: Session) => session.asking.ask({ task: 'find', label: 'car', region: 'scene' });

describe('an adapter in the session', () => {
  it('is recorded with every answer, and in the export', async () => {
    const { session } = await ready();
    const plain = await ask(session);
    await session.adapter.attach(folder);
    expect(session.adapter.current.value).toEqual({ info: TEST_ADAPTER, changing: null, error: null });
    const adapted = await ask(session);
    await session.adapter.detach();
    const again = await ask(session);
    expect([plain, adapted, again].map((answer) => answer.adapter?.name ?? null)).toEqual([null, 'Terse', null]);
    const { features } = await exportedGeoJson(session, [adapted.id]);
    expect(features[0].properties).toMatchObject({ adapter: 'Terse', adapterHash: 'abc' });
  });

  it('stays when another is refused with the reason', async () => {
    let bad = false;
    const { session } = await ready({
      attach: async () => {
        if (bad) throw new NadirError('ADAPTER_WRONG_BASE', 'For another model.');
        return TEST_ADAPTER;
      },
    });
    await session.adapter.attach(folder);
    bad = true;
    await expect(session.adapter.attach(folder)).rejects.toMatchObject({ code: 'ADAPTER_WRONG_BASE' });
    expect(session.adapter.current.value.info).toEqual(TEST_ADAPTER);
    expect(session.adapter.current.value.error).toBeNull();
  });

  it('can’t be changed while a question runs', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { session, workers } = await ready({
      answer: async () => {
        await held;
        throw new NadirError('INTERNAL', 'enough');
      },
    });
    const asked = ask(session);
    await until(session.asking.running, (id) => id !== null);
    await expect(session.adapter.attach(folder)).rejects.toMatchObject({ code: 'QUESTION_RUNNING' });
    expect(count(workers, 'vlm.attachAdapter')).toBe(0);
    release();
    await asked;
  });

  it('makes a question wait until it is attached', async () => {
    let release = () => {};
    const { session } = await ready({
      attach: () =>
        new Promise((resolve) => {
          release = () => resolve(TEST_ADAPTER);
        }),
    });
    const attached = session.adapter.attach(folder);
    await until(session.adapter.current, ({ changing }) => changing !== null);
    const asked = ask(session);
    // The worker is asked a moment after the state says so.
    await Promise.resolve();
    release();
    await attached;
    expect((await asked).adapter?.name).toBe('Terse');
  });

  it('is attached again after a crash, a change of backend, and a reload of the page', async () => {
    const { session, workers, storage } = await ready();
    await session.adapter.attach(folder);
    await session.model.load('webgpu');
    expect(count(workers, 'vlm.attachAdapter')).toBe(2);
    workers.crash('vlm');
    await until(session.model.state, ({ status }) => status === 'ready');
    expect(count(workers, 'vlm.attachAdapter')).toBe(3);
    expect(session.adapter.current.value.info?.name).toBe('Terse');
    const reloaded = await ready({}, storage);
    expect(count(reloaded.workers, 'vlm.attachAdapter')).toBe(1);
    expect(reloaded.session.adapter.current.value.info?.name).toBe('Terse');
    await reloaded.session.adapter.detach();
    const afterwards = await ready({}, storage);
    expect(count(afterwards.workers, 'vlm.attachAdapter')).toBe(0);
  });

  it('that no longer fits the model is detached with the reason, and the model is ready', async () => {
    let fits = true;
    const { session } = await ready({
      attach: async () => {
        if (!fits) throw new NadirError('ADAPTER_WRONG_BASE', 'For another model.');
        return TEST_ADAPTER;
      },
    });
    await session.adapter.attach(folder);
    fits = false;
    await session.model.load('wasm');
    expect(session.model.state.value.status).toBe('ready');
    expect(session.adapter.current.value).toMatchObject({ info: null, error: { code: 'ADAPTER_WRONG_BASE' } });
  });
});
