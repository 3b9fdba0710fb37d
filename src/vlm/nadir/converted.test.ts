import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { BandTile } from '../../imagery/tiles.ts';
import { byPath, filesIn } from '../files/file-index.ts';
import { loadModelFiles, type ModelFiles } from '../files/model-files.ts';
import { createWasmEngine } from '../runtime/wasm-engine.ts';
import { askOf } from '../testing/ask-of.ts';
import { openNodeOrt } from '../testing/node-model.ts';
import { silentIo } from '../testing/silent-io.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import type { Ask } from '../types.ts';
import { NadirBackend } from './backend.ts';
import { assemblePrompt, placeTokens, turnContent } from './prompt.ts';

/** Compares a checkpoint converted by training/convert (CLIP, MLP, Qwen2; random weights) with PyTorch. */
interface Golden {
  question: string;
  /** The turn as written by the checkpoint's own chat template. */
  text: string;
  ids: number[];
  /** Rows of the prompt, including the image. */
  length: number;
  visual: number[];
  visualRows: number[];
  top: [id: number, logit: number][];
  answerIds: number[];
}

const folder = new URL('../../../e2e/fixtures/tiny-converted/', import.meta.url);
const golden = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8')) as Golden;
const files = await loadModelFiles(
  folder.href,
  () => {},
  async (url) => new Response(await readFile(new URL(url))),
);
const { manifest } = files;
const tokenizer = createTokenizer(files);
const host = await openNodeOrt();
const engine = await createWasmEngine(host, files, () => {});
const model = new NadirBackend(files, tokenizer, engine);
afterAll(() => engine.dispose());

/** A tile with one more band than the model reads. */
function tile(): BandTile {
  const data = new Float32Array(32 * 32 * 4);
  for (let i = 0; i < 32 * 32 * 3; i++) {
    data[Math.floor(i / 3) * 4 + (i % 3)] = ((37 * i + 11 * (i >> 5)) % 256) / 255;
  }
  return { width: 32, height: 32, bands: ['red', 'green', 'blue', 'nir'], validFraction: 1, valid: null, data };
}

function request(text: string): Ask {
  const options = { maxNewTokens: golden.answerIds.length, temperature: 0, topP: 1, seed: 0, stop: [] };
  return askOf(text, tile(), { options, want: { masks: true } });
}

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, atol: number): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    if (!(Math.abs(got[i]! - want[i]!) <= atol + 1e-3 * Math.abs(want[i]!))) {
      expect.fail(`number ${i} is ${got[i]}, expected ${want[i]} (±${atol})`);
    }
  }
}

describe('a converted checkpoint on WebAssembly', () => {
  it('has no dense head, no scenes and no masks', () => {
    expect(manifest.detector).toBeNull();
    expect(manifest.refiner).toBeNull();
    expect(manifest.vision.stem).toEqual([]);
    expect(model.card).toMatchObject({ name: 'Tiny converted', classes: [], hasRefiner: false });
    expect(model.input.tileSize).toBe(32);
    expect(model.input.bands.map(({ name }) => name)).toEqual(['red', 'green', 'blue']);
  });

  it('writes the turn as the checkpoint’s own template and tokenizer do', () => {
    const ids = tokenizer.encodeTurn(turnContent(golden.question, false, tokenizer.specialTokens));
    expect(tokenizer.decode(ids)).toBe(golden.text);
    expect(ids).toEqual(golden.ids);
  });

  it('has PyTorch’s vision outputs', async () => {
    const { seen } = await model.observer.look(tile(), silentIo);
    expect(await model.observer.propose(seen, silentIo)).toEqual([]);
    const visual = await engine.readVisual();
    const { hidden } = manifest.llm;
    const rows = golden.visualRows.flatMap((row) => Array.from(visual.subarray(row * hidden, (row + 1) * hidden)));
    expectClose(rows, golden.visual, 1e-3);
  });

  it('has PyTorch’s logits after the prompt', async () => {
    await model.observer.look(tile(), silentIo);
    const none = new Float32Array(0);
    const prompt = assemblePrompt(
      manifest.llm,
      golden.ids,
      placeTokens(tokenizer),
      model.embedding,
      manifest.tokensPerSlice,
      0,
      none,
    );
    expect(prompt.length).toBe(golden.length);
    const logits = await engine.prefill(prompt);
    expectClose(
      golden.top.map(([id]) => logits[id]!),
      golden.top.map(([, logit]) => logit),
      1e-3,
    );
    expect(logits.filter((l) => l > golden.top[19]![1] + 1e-3).length).toBeLessThan(20);
  });

  it('answers as PyTorch does, token by token', async () => {
    const result = await model.ask(request(golden.question), silentIo);
    expect(result.rawText).toBe(tokenizer.decode(golden.answerIds).replace(/\uFFFD+$/, ''));
    expect(result.timings.newTokens).toBe(golden.answerIds.length);
    expect(result).toMatchObject({ stopReason: 'max-tokens', things: [], scores: {} });
  });

  it('gives the same model from a folder on disk, and names a missing file', async () => {
    const listed = ['nadir.json', ...Object.keys(manifest.files)];
    const onDisk = await Promise.all(
      listed.map(async (path) => ({ path, file: new File([await readFile(new URL(path, folder))], path) })),
    );
    const read = await loadModelFiles('', () => {}, filesIn(byPath(onDisk)).fetchBytes);
    expect(read.manifestHash).toBe(files.manifestHash);
    expect(read.get('onnx/llm_q4.bin')).toEqual(files.get('onnx/llm_q4.bin'));
    const lacking = onDisk.filter(({ path }) => path !== 'onnx/connector.onnx');
    await expect(loadModelFiles('', () => {}, filesIn(byPath(lacking)).fetchBytes)).rejects.toMatchObject({
      code: 'MODEL_FILE_MISSING',
      details: { file: 'onnx/connector.onnx' },
    });
  });

  /** Opens the folder as if `document` were its `nadir.json` and its files were at the paths that `placeOf` gives. */
  const openedAs = (document: object, placeOf = (path: string) => path) => {
    const places = new Map(Object.keys(manifest.files).map((path) => [placeOf(path), path]));
    return loadModelFiles(
      '',
      () => {},
      async (path) =>
        path === 'nadir.json'
          ? new Response(JSON.stringify(document))
          : new Response(await readFile(new URL(places.get(path)!, folder))),
    );
  };
  const answerOf = async (from: ModelFiles) => {
    const other = await createWasmEngine(host, from, () => {});
    try {
      return (await new NadirBackend(from, tokenizer, other).ask(request(golden.question), silentIo)).rawText;
    } finally {
      await other.dispose();
    }
  };
  const goldenText = tokenizer.decode(golden.answerIds).replace(/\uFFFD+$/, '');
  const json = (path: string | URL) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

  it('finds its files at the manifest’s paths', async () => {
    const placeOf = (path: string) =>
      path
        .replace('onnx/vision.onnx', 'tower/graph.onnx')
        .replace('onnx/vision', 'tower/vision')
        .replace('onnx/connector.onnx', 'words.onnx')
        .replace('onnx/', 'language/')
        .replace('llm_f32.onnx', 'plain.onnx');
    const text = JSON.stringify(json(new URL('nadir.json', folder)));
    const moved = JSON.parse(text.replaceAll(/"(onnx\/[^"]+)"/g, (_, path: string) => JSON.stringify(placeOf(path))));
    expect(Object.keys(moved.files)).toContain('tower/graph.onnx');
    expect(await answerOf(await openedAs(moved, placeOf))).toBe(goldenText);
  });

  it('opens from the nadir-model/1 manifest that 0.5 wrote', async () => {
    const old = json('../manifest/fixtures/tiny-converted-1.json');
    expect(old.format).toBe('nadir-model/1');
    const opened = await openedAs(old);
    expect(opened.manifest).toEqual(manifest);
    expect(await answerOf(opened)).toBe(goldenText);
  });

  it('runs the 4-bit graph if there is no f32 graph', async () => {
    const llm = { ...manifest.llm, graphs: { ...manifest.llm.graphs, f32: null } };
    const lean = { ...files, manifest: { ...manifest, llm } };
    expect(await answerOf(lean)).toBe(goldenText);
  });
});
