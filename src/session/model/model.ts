import { NadirError } from '../../lib/errors.ts';
import type { BackendChoice, FolderFile, LoadedModel, LoadProgress } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import { inform, notifyError } from '../notices/notices.ts';
import type { Notice } from '../notices/port.ts';
import type { SessionState } from '../state.ts';
import type { ModelFolder } from './model-folder.ts';
import { type WorkerHost, whyReplaced } from './worker-host.ts';

/** Loads the model, embedded or from a folder, on the chosen backend, and loads it again after its worker crashed. */
export class ModelKeeper {
  private readonly state: SessionState;
  private readonly vlm: () => WorkerHost<VlmApi>;
  private readonly baseUrl: string;
  private folder: ModelFolder | null = null;
  /** Files of the embedded model once it was loaded, so that it can be loaded again without its server. */
  private embedded: FolderFile[] | null = null;
  private turn = 0;
  private loading: Promise<void> | null = null;
  private change: Promise<unknown> | null = null;
  private readonly onLoaded: () => Promise<void>;

  /** `onLoaded` runs after each load, before the model counts as ready. */
  constructor(
    state: SessionState,
    vlm: () => WorkerHost<VlmApi>,
    baseUrl: string,
    onLoaded: () => Promise<void> = async () => {},
  ) {
    this.onLoaded = onLoaded;
    this.state = state;
    this.vlm = vlm;
    this.baseUrl = baseUrl;
  }

  /** Never rejects: the outcome is in `state.model`, and a failure is a notice with its remedy. */
  load(choice: BackendChoice): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    // Only a new worker ends a load that is under way at once. After a load that failed, ONNX Runtime may be half initialised and
    // unable to load anything.
    if (this.loading || this.state.model.value.status === 'failed') this.vlm().restart();
    this.state.backendChoice.value = choice;
    this.state.model.value = { status: 'loading', progress: null };
    const load = this.attempt(choice, turn).finally(() => {
      if (this.loading === load) this.loading = null;
    });
    this.loading = load;
    return load;
  }

  /** Loads the model of a folder, or (null) the embedded one, on the backend chosen before. */
  use(folder: ModelFolder | null): Promise<void> {
    this.folder = folder;
    this.state.modelFolder.value = folder?.name ?? null;
    return this.load(this.state.backendChoice.value);
  }

  /** Makes questions wait for the end of a change to the loaded model, such as another adapter. */
  changing<T>(change: Promise<T>): Promise<T> {
    const waited = change.finally(() => {
      if (this.change === waited) this.change = null;
    });
    this.change = waited;
    return waited;
  }

  /** The loaded model, waiting for a load or a change that is under way. Errors: MODEL_NOT_READY, or what made the load fail. */
  async ready(): Promise<LoadedModel> {
    while (this.loading ?? this.change) await (this.loading ?? this.change?.catch(() => undefined));
    const state = this.state.model.value;
    if (state.status === 'ready') return state.loaded;
    if (state.status === 'failed') throw NadirError.fromData(state.error);
    throw new NadirError('MODEL_NOT_READY', 'No model is loaded yet. Load it, then ask again.');
  }

  /** Called when the worker died, hung or lost its device; `error` says which. */
  recover(error: NadirError): void {
    if (this.state.model.value.status !== 'ready') return;
    const running = this.state.running.value ? ' The question continues after that.' : '';
    inform(
      this.state,
      'model-restarted',
      [],
      `${whyReplaced(error)} The model is being loaded again; answers are kept.${running}`,
    );
    void this.load(this.state.backendChoice.value);
  }

  /** Replaces a worker whose device is lost, because nothing works on it any more. */
  replaceWorker(error: NadirError): void {
    this.vlm().restart();
    this.recover(error);
  }

  private async attempt(choice: BackendChoice, turn: number): Promise<void> {
    const onProgress = (progress: LoadProgress) => {
      if (turn === this.turn && this.state.model.value.status === 'loading') {
        this.state.model.value = { status: 'loading', progress };
      }
    };
    try {
      const source = this.folder?.files ?? this.embedded ?? this.baseUrl;
      const loaded = await this.vlm().api.load(source, choice, onProgress);
      if (source === this.baseUrl) this.embedded = loaded.files;
      if (turn === this.turn) await this.onLoaded();
      if (turn === this.turn) this.state.model.value = { status: 'ready', loaded };
    } catch (thrown) {
      if (turn !== this.turn) return;
      const error = NadirError.from(thrown);
      this.state.model.value = { status: 'failed', error: error.toData() };
      notifyError(this.state, error, 'load-model', [], this.remedy(error, choice));
    }
  }

  private remedy(error: NadirError, choice: BackendChoice): Notice['action'] {
    const gpuTrouble = ['WEBGPU_UNAVAILABLE', 'DEVICE_LOST', 'OUT_OF_MEMORY'].includes(error.code);
    if (this.folder && !gpuTrouble) return { label: 'Use the embedded model', run: () => void this.use(null) };
    if (gpuTrouble && choice !== 'wasm') return { label: 'Use WebAssembly', run: () => void this.load('wasm') };
    return { label: 'Try again', run: () => void this.load(choice) };
  }
}
