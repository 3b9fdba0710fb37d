import * as Comlink from 'comlink';
import { loadModel } from '../../src/vlm/load.ts';
import { openOrt } from '../../src/vlm/ort-runtime.ts';

/** Looks inside the pipeline, which the app's own worker keeps to itself. */
const api = {
  async visual(base: string, backend: 'webgpu' | 'wasm', data: Float32Array<ArrayBuffer>): Promise<number[]> {
    const { model } = await loadModel(base, backend, () => {}, openOrt);
    const side = model.manifest.slicing.tile;
    const tile = { width: side, height: side, hasNir: true, validFraction: 1, data };
    await model.look(tile, { onEvent: () => {}, isCancelled: () => false });
    return Array.from(await model.engine.readVisual());
  },
};
export type FeatureApi = typeof api;
Comlink.expose(api);
