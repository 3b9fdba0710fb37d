import * as Comlink from 'comlink';
import type { Look, LookRequest, PipelineApi } from './pipeline.worker.ts';

declare global {
  interface Window {
    /** `tile`: bytes R,G,B,NIR; the model folder is this page's own. */
    look(request: Omit<LookRequest, 'base' | 'tile'> & { tile: number[] }): Promise<Look>;
  }
}

window.look = async (request) => {
  const worker = new Worker(new URL('./pipeline.worker.ts', import.meta.url), { type: 'module' });
  const { look } = Comlink.wrap<PipelineApi>(worker);
  const base = new URL('../../models/nadir-s/', document.baseURI).href;
  const seen = await look({ ...request, base, tile: Float32Array.from(request.tile, (byte) => byte / 255) });
  worker.terminate();
  return seen;
};
