import type { ReadonlySignal } from '@preact/signals';
import { NadirError } from '../../lib/errors.ts';
import type { KeyValueStore } from '../../storage/key-value-store.ts';
import type { AdapterInfo } from '../../vlm/types.ts';
import type { VlmApi } from '../../workers/vlm/api.ts';
import type { SessionState } from '../state.ts';
import type { ModelKeeper } from './model.ts';
import type { AdapterPort, AdapterState } from './port.ts';
import type { WorkerHost } from './worker-host.ts';

const STORE_KEY = 'adapter';
/** An adapter is these two files; the others of its folder are not stored. */
const WANTED = /(^|\/)adapter_(config\.json|model\.\w+)$/;

/**
 * The adapter on the model: attached, exchanged and detached between questions, and attached again when the model or the page is
 * reloaded. If that fails, `state.adapter.error` says why.
 */
export class AdapterKeeper implements AdapterPort {
  readonly current: ReadonlySignal<AdapterState>;
  private readonly state: SessionState;
  private readonly models: () => ModelKeeper;
  private readonly vlm: () => WorkerHost<VlmApi>;
  /** Of this tab. */
  private readonly storage: KeyValueStore;
  /** Holds what a new tab starts with: the adapter attached last in any tab, or none. */
  private readonly shared: KeyValueStore;
  private files: File[] | null = null;
  private readonly restored: Promise<void>;

  constructor(
    state: SessionState,
    models: () => ModelKeeper,
    vlm: () => WorkerHost<VlmApi>,
    { storage, shared, from }: { storage: KeyValueStore; shared: KeyValueStore; from: Promise<KeyValueStore | null> },
  ) {
    this.shared = shared;
    this.state = state;
    this.current = state.adapter;
    this.models = models;
    this.vlm = vlm;
    this.storage = storage;
    this.restored = from.then((kept) => this.readKept(kept));
  }

  /** Errors: QUESTION_RUNNING while a question runs; those of `VlmApi.attachAdapter`. After a failure the adapter that was on stays. */
  attach(files: readonly File[]): Promise<AdapterInfo> {
    return this.change('Reading the adapter', async () => {
      const wanted = files.filter((file) => WANTED.test(file.webkitRelativePath || file.name));
      const info = await this.vlm().api.attachAdapter(wanted.length > 0 ? wanted : files.slice(0, 8));
      this.files = wanted;
      await this.keep();
      await this.shared.set(STORE_KEY, keptFiles(wanted));
      return info;
    });
  }

  /** Back to the base model. Errors: QUESTION_RUNNING while a question runs. */
  async detach(): Promise<void> {
    await this.change('Detaching the adapter', async () => {
      await this.vlm().api.detachAdapter();
      this.files = null;
      // Stores that there is none, so that a reload doesn't take another tab's adapter.
      await this.keep();
      await this.shared.delete(STORE_KEY);
      return null;
    });
  }

  /** Called when a model has been loaded, before any question. Never rejects. */
  async reattach(): Promise<void> {
    await this.restored;
    if (!this.files) return;
    try {
      const info = await this.vlm().api.attachAdapter(this.files);
      this.state.adapter.value = { info, changing: null, error: null };
    } catch (thrown) {
      const error = NadirError.from(thrown).toData();
      this.state.adapter.value = { info: null, changing: null, error };
    }
  }

  private async change<T extends AdapterInfo | null>(changing: string, work: () => Promise<T>): Promise<T> {
    const { adapter } = this.state;
    const before = adapter.peek().info;
    try {
      if (this.state.running.peek()) {
        throw new NadirError(
          'QUESTION_RUNNING',
          'A question is being answered. Stop it, or wait until it is finished.',
        );
      }
      const models = this.models();
      await models.ready();
      adapter.value = { info: before, changing, error: null };
      const info = await models.changing(work());
      adapter.value = { info, changing: null, error: null };
      return info;
    } catch (thrown) {
      adapter.value = { info: before, changing: null, error: adapter.value.error };
      throw NadirError.from(thrown);
    }
  }

  /** Stores the present adapter as this tab's, also after the tab has continued another session. */
  async keep(): Promise<void> {
    await this.storage.set(STORE_KEY, keptFiles(this.files ?? []));
  }

  private async readKept(from: KeyValueStore | null): Promise<void> {
    const kept = (await from?.get(STORE_KEY)) ?? (await this.shared.get(STORE_KEY));
    if (Array.isArray(kept) && kept.length > 0 && kept.every(isKeptFile))
      this.files ??= kept.map((k) => new File([k.blob], k.name));
    if (this.files) await this.keep();
  }
}

/** Whether both are one adapter: the same weights, used the same way. The hash is of the weights alone. */
export function isSameAdapter(a: AdapterInfo | null | undefined, b: AdapterInfo | null | undefined): boolean {
  const facts = (each: AdapterInfo | null | undefined) =>
    JSON.stringify(each ? [each.hash, each.rank, each.alpha, each.partial, each.targets] : null);
  return facts(a) === facts(b);
}

interface KeptFile {
  name: string;
  blob: Blob;
}

const keptFiles = (files: readonly File[]): KeptFile[] => files.map((file) => ({ name: file.name, blob: file }));

function isKeptFile(value: Partial<KeptFile> | null): value is KeptFile {
  return typeof value?.name === 'string' && value.blob instanceof Blob;
}
