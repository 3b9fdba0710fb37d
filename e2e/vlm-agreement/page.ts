import * as Comlink from 'comlink';
import type { AskRequest, AskResult, BackendChoice, LoadedModel, LoadProgress } from '../../src/workers/vlm/api.ts';
import { createVlmClient } from '../../src/workers/vlm/client.ts';
import type { FeatureApi } from './features.worker.ts';

/** What the script that drives this page calls. */
export interface AgreementPage {
  /** Loads the model in the app's own worker, asks once a prompt and says what came back, and what was streamed. */
  ask(
    backend: BackendChoice,
    tile: number[],
    requests: Pick<AskRequest, 'task' | 'prompt' | 'label' | 'wantMasks' | 'region'>[],
    maxNewTokens: number,
    stopAfterTokens: number | null,
  ): Promise<{ loaded: LoadedModel; phases: LoadProgress['phase'][]; results: AskResult[]; streamed: string[] }>;
  /** The connector's rows for the language model. */
  visual(backend: 'webgpu' | 'wasm', tile: number[]): Promise<number[]>;
}

declare global {
  interface Window {
    agreement: AgreementPage;
  }
}

const base = new URL('./models/nadir-s/', document.baseURI.replace('e2e/vlm-agreement/', '')).href;

window.agreement = {
  async ask(backend, tile, requests, maxNewTokens, stopAfterTokens) {
    const phases: LoadProgress['phase'][] = [];
    const { api, terminate } = createVlmClient();
    const loaded = await api.load(base, backend, ({ phase }) => {
      if (phases.at(-1) !== phase) phases.push(phase);
    });
    const results: AskResult[] = [];
    const streamed: string[] = [];
    for (const request of requests) {
      const data = Float32Array.from(tile, (v) => v / 255);
      const side = loaded.model.tileSize;
      const result = await api.ask(
        'job',
        {
          ...request,
          slice: {
            tile: { width: side, height: side, hasNir: true, validFraction: 1, data },
            window: { x: 0, y: 0, width: side, height: side },
          },
          options: { maxNewTokens, temperature: 0, topP: 1, seed: 0, stop: [] },
        },
        (event) => {
          if (event.kind !== 'text') return;
          streamed.push(event.text);
          if (event.newTokens === stopAfterTokens) void api.cancel('job');
        },
      );
      results.push(result);
    }
    await api.unload();
    terminate();
    return { loaded, phases, results, streamed };
  },

  async visual(backend, tile) {
    const worker = new Worker(new URL('./features.worker.ts', import.meta.url), { type: 'module' });
    const features = Comlink.wrap<FeatureApi>(worker);
    const rows = await features.visual(
      base,
      backend,
      Float32Array.from(tile, (v) => v / 255),
    );
    worker.terminate();
    return rows;
  },
};
