import * as Comlink from 'comlink';
import type { BackendInfo } from '../../src/vlm/types.ts';
import type { AdaptedLogits, Look, LookRequest, PipelineApi } from './pipeline.worker.ts';

/** Each call gets its own worker. The model folder is this page's. */
export interface AgreementPage {
  /** `tile` and `later`: bytes R,G,B,NIR. */
  look(
    request: Omit<LookRequest, 'base' | 'tile' | 'later'> & { tile: number[]; later: number[] | null },
  ): Promise<Look>;
  adapt(backend: 'webgpu' | 'wasm'): Promise<AdaptedLogits>;
  loadOnBrokenGpu(): Promise<BackendInfo>;
  loseDevice(): Promise<string>;
}

declare global {
  interface Window {
    agreement: AgreementPage;
  }
}

const base = new URL('../../models/nadir-s/', document.baseURI).href;

async function inWorker<T>(work: (pipeline: Comlink.Remote<PipelineApi>) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./pipeline.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await work(Comlink.wrap<PipelineApi>(worker));
  } finally {
    worker.terminate();
  }
}

const unit = (bytes: number[]) => Float32Array.from(bytes, (byte) => byte / 255);

window.agreement = {
  look: (request) =>
    inWorker((p) =>
      p.look({ ...request, base, tile: unit(request.tile), later: request.later && unit(request.later) }),
    ),
  adapt: (backend) => inWorker((p) => p.adapt(base, backend)),
  loadOnBrokenGpu: () => inWorker((p) => p.loadOnBrokenGpu(base)),
  loseDevice: () => inWorker((p) => p.loseDevice(base)),
};
