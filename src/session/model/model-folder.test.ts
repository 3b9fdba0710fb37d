import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NadirError } from '../../lib/errors.ts';
import type { ModelSource } from '../../vlm/types.ts';
import { fakeWorkers } from '../fakes.ts';
import { createSession } from '../session.ts';
import { readModelFolder } from './model-folder.ts';

/** A file as a folder dialog gives it. */
function chosen(path: string): File {
  const file = new File(['{}'], path.split('/').at(-1) ?? path);
  Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
}

describe('readModelFolder', () => {
  it('takes the files of the folder in which the worker finds a model', async () => {
    const files = ['models/old/model.bin', 'models/llava/onnx/vision.onnx', 'models/llava/config.json'].map(chosen);
    const asked: string[][] = [];
    const folder = await readModelFolder(files, {
      locateModel: async (all) => {
        asked.push(all.map(({ path }) => path));
        return 'models/llava/';
      },
    });
    expect(asked).toEqual([['models/old/model.bin', 'models/llava/onnx/vision.onnx', 'models/llava/config.json']]);
    expect(folder.name).toBe('llava');
    expect(folder.files.map(({ path }) => path)).toEqual(['onnx/vision.onnx', 'config.json']);
  });
});

describe('choosing a model folder', () => {
  beforeEach(() => {
    vi.stubGlobal('fetch', async () => new Response('[]'));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('loads it, keeps it when the backend changes, and goes back', async () => {
    const sources: ModelSource[] = [];
    const session = createSession(started(sources));
    await session.model.load('wasm');
    await session.model.loadFolder([chosen('llava/nadir.json')]);
    expect(session.model.folder.value).toBe('llava');
    await session.model.load('auto');
    await session.model.loadEmbedded();
    expect(session.model.folder.value).toBeNull();
    const url = 'http://test.invalid/models/';
    const paths = sources.map((source) => (typeof source === 'string' ? source : source.map(({ path }) => path)));
    expect(paths).toEqual([url, ['nadir.json'], ['nadir.json'], url]);
  });

  it('keeps the model if the folder has none', async () => {
    const sources: ModelSource[] = [];
    const session = createSession(started(sources));
    await session.model.load('wasm');
    await expect(session.model.loadFolder([chosen('holiday/beach.jpg')])).rejects.toMatchObject({
      code: 'MODEL_FILE_MISSING',
    });
    expect(session.model.state.value.status).toBe('ready');
    expect(sources).toHaveLength(1);
  });

  it('offers the embedded model if the folder’s can’t be loaded', async () => {
    const sources: ModelSource[] = [];
    const session = createSession(started(sources, 'MODEL_HASH_MISMATCH'));
    await session.model.loadFolder([chosen('llava/nadir.json')]);
    expect(session.model.state.value).toMatchObject({ status: 'failed', error: { code: 'MODEL_HASH_MISMATCH' } });
    const action = session.notices.shown.value.find(({ action }) => action)?.action;
    expect(action?.label).toBe('Use the embedded model');
    action?.run();
    await vi.waitFor(() => expect(session.model.state.value.status).toBe('ready'));
    expect(session.model.folder.value).toBeNull();
  });
});

/** Workers that note what is loaded; a folder fails with `code`. */
function started(sources: ModelSource[], code?: 'MODEL_HASH_MISMATCH') {
  const ordinary = fakeWorkers().vlm(() => {}).api;
  return fakeWorkers({
    locate: async (files) => {
      const manifest = files.find(({ path }) => path.endsWith('nadir.json'));
      if (!manifest) throw new NadirError('MODEL_FILE_MISSING', 'The folder has no model in it.');
      return manifest.path.slice(0, -'nadir.json'.length);
    },
    load: async (source, ...rest) => {
      sources.push(source);
      if (code && typeof source !== 'string') throw new NadirError(code, 'A file is not the one described.');
      return ordinary.load(source, ...rest);
    },
  });
}
