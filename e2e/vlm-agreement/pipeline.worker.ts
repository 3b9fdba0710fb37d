import * as Comlink from 'comlink';
import type { BandTile } from '../../src/imagery/tiles.ts';
import { NadirError } from '../../src/lib/errors.ts';
import { readAdapter } from '../../src/vlm/adapters/read-adapter.ts';
import {
  adapterFolder,
  someConfig,
  someNumbers,
  someTensors,
  writeSafetensors,
} from '../../src/vlm/adapters/testing.ts';
import { loadModel } from '../../src/vlm/load.ts';
import { NadirBackend } from '../../src/vlm/nadir/backend.ts';
import { proposeChanges } from '../../src/vlm/nadir/heads/change.ts';
import { type MaskPlace, refinerInputs } from '../../src/vlm/nadir/masks/crops.ts';
import { openOrt } from '../../src/vlm/runtime/ort-runtime.ts';
import { runtimeFiles } from '../../src/vlm/runtime/runtime-files.ts';
import { askOf } from '../../src/vlm/testing/ask-of.ts';
import { silentIo } from '../../src/vlm/testing/silent-io.ts';
import type { AskResult, BackendChoice, BackendInfo } from '../../src/vlm/types.ts';

export interface Look {
  label: string;
  reason: string;
  /** f32[tokensPerSlice, hidden]. */
  visual: number[];
  heat: number[];
  /** Empty for a model without land cover. */
  cover: number[];
  maskLogits: number[];
  proposals: { classIndex: number; cell: number; score: number }[];
  answers: AskResult[];
  /** The change head's results for the tile and `later`; null without them. */
  change: { changed: number; heat: number[]; rows: number[]; cells: number[] } | null;
}

/** Each is twice the vocabulary: after the prompt, and after one more row. */
export type AdaptedLogits = Record<'plain' | 'full' | 'partial' | 'again', number[]>;

export interface LookRequest {
  base: string;
  backend: 'webgpu' | 'wasm';
  tile: Float32Array<ArrayBuffer>;
  questions: string[];
  maxNewTokens: number;
  /** The same place later, for a model that compares images. */
  later: Float32Array<ArrayBuffer> | null;
  /** A box whose mask is refined. */
  place: MaskPlace;
}

async function open(base: string, choice: BackendChoice): Promise<{ model: NadirBackend; backend: BackendInfo }> {
  const { model, backend } = await loadModel(
    base,
    choice,
    () => {},
    (threads) => openOrt(threads, runtimeFiles()),
  );
  if (!(model instanceof NadirBackend)) throw new Error(`"${model.card.name}" is of another family`);
  return { model, backend };
}

/** An adapter that looks real but whose driver fails. */
function breakGpu(): void {
  const adapter = {
    info: { vendor: 'acme', architecture: 'broken', subgroupMinSize: 32, isFallbackAdapter: false },
    features: new Set(),
    limits: {},
    requestDevice: () => Promise.reject(new Error('no device today')),
  };
  Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: async () => adapter } });
}

/** Collects every device that is opened from now on. */
function watchDevices(): GPUDevice[] {
  const devices: GPUDevice[] = [];
  const original = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await original.call(this, descriptor);
    devices.push(device);
    return device;
  };
  return devices;
}

async function compareWith(model: NadirBackend, neck: Float32Array, later: BandTile | null): Promise<Look['change']> {
  const spec = model.manifest.change;
  if (!spec || !later) return null;
  const { seen } = await model.observer.look(later, silentIo);
  const found = await model.engine.compare(neck, seen.evidence.neck);
  const cells = proposeChanges(spec, found).map(({ cell }) => cell);
  return { changed: found.changed, heat: Array.from(found.heat), rows: Array.from(found.rows), cells };
}

/** Exposes the parts of the pipeline that the app's worker hides. */
const api = {
  /** What `auto` chooses on a machine whose adapter refuses a device. */
  async loadOnBrokenGpu(base: string): Promise<BackendInfo> {
    breakGpu();
    const { backend, model } = await open(base, 'auto');
    await model.dispose();
    return backend;
  },

  /** The error code of a question whose device is lost during the answer. */
  async loseDevice(base: string): Promise<string> {
    const devices = watchDevices();
    const { model } = await open(base, 'webgpu');
    const side = model.manifest.slicing.tile;
    const data = new Float32Array(side * side * 4);
    const tile = {
      width: side,
      height: side,
      bands: ['red', 'green', 'blue', 'nir'],
      validFraction: 1,
      valid: null,
      data,
    };
    const looking = model.observer.look(tile, silentIo);
    for (const device of devices) device.destroy();
    return looking.then(
      () => 'none',
      (thrown: unknown) => (thrown instanceof NadirError ? thrown.code : String(thrown)),
    );
  },

  /** Logits after a prompt of generated rows and after one more, with and without random adapters. */
  async adapt(base: string, backend: 'webgpu' | 'wasm'): Promise<AdaptedLogits> {
    const { model } = await open(base, backend);
    const { manifest, engine } = model;
    const { hidden } = manifest.llm;
    const length = 40;
    const logits = async () => {
      const rows = someNumbers(length * hidden, 1, 3);
      const prompt = await engine.prefill({ rows, length, visualAt: 4, visualRows: 0, imageRows: 20 });
      return [Array.from(prompt), Array.from(await engine.step(someNumbers(hidden, 1, 4)))].flat();
    };
    const use = async (partial: boolean) => {
      const weights = writeSafetensors(someTensors(manifest.llm, 4));
      const folder = adapterFolder(someConfig({ nadir_partial: partial }), weights);
      await engine.useAdapter((await readAdapter(manifest, folder)).weights);
    };
    const plain = await logits();
    await use(false);
    const full = await logits();
    await use(true);
    const partial = await logits();
    await engine.useAdapter(null);
    const again = await logits();
    await model.dispose();
    return { plain, full, partial, again };
  },

  async look(request: LookRequest): Promise<Look> {
    const { model, backend } = await open(request.base, request.backend);
    const { manifest, engine } = model;
    const side = manifest.slicing.tile;
    const tile = () => ({
      width: side,
      height: side,
      bands: ['red', 'green', 'blue', 'nir'],
      validFraction: 1,
      valid: null,
      data: request.tile.slice(),
    });
    const { seen } = await model.observer.look(tile(), silentIo);
    const { neck } = manifest.connector;
    const [rows, cols] = neck!.grid;
    const maskLogits = await engine.refine(
      refinerInputs(
        manifest.refiner!,
        { data: seen.pixels, rows: side, cols: side, channels: manifest.vision.bands, stride: 1 },
        {
          data: seen.evidence.neck,
          rows,
          cols,
          channels: seen.evidence.neck.length / (rows * cols),
          stride: neck!.stride,
        },
        [request.place],
      ),
    );
    const answers: AskResult[] = [];
    const options = { maxNewTokens: request.maxNewTokens, temperature: 0, topP: 1, seed: 0, stop: [] };
    for (const question of request.questions) {
      answers.push(await model.ask(askOf(question, tile(), { options }), silentIo));
    }
    const visual = Array.from(await engine.readVisual());
    const proposals = await model.observer.propose(seen, silentIo);
    // Last, because it uses another tile.
    const change = await compareWith(model, seen.evidence.neck, request.later && { ...tile(), data: request.later });
    return {
      label: backend.label,
      reason: backend.reason,
      visual,
      heat: Array.from(seen.evidence.heat),
      cover: Array.from(seen.evidence.cover ?? []),
      maskLogits: Array.from(maskLogits),
      proposals: proposals.map(({ classIndex, cell, score }) => ({ classIndex, cell, score })),
      answers,
      change,
    };
  },
};
export type PipelineApi = typeof api;
Comlink.expose(api);
