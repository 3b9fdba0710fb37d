import { describeAdapter, openGpu } from '../gpu/device.ts';
import { NadirError } from '../lib/errors.ts';
import { fromFolder } from './files/folder-files.ts';
import { loadModelFiles, type ModelFiles } from './files/model-files.ts';
import { VlmModel } from './nadir/model.ts';
import { chooseBackend, fallBack, threadsFor } from './runtime/backend.ts';
import type { Engine } from './runtime/engine.ts';
import type { OrtHost } from './runtime/ort-host.ts';
import { createWasmEngine } from './runtime/wasm-engine.ts';
import { createWebGpuEngine } from './runtime/webgpu-engine.ts';
import { createTokenizer } from './text/tokenizer.ts';
import { createGraphTower } from './towers/graph-tower.ts';
import { createWgslTower } from './towers/wgsl-tower.ts';
import type { BackendChoice, BackendInfo, FolderFile, LoadProgress, ModelSource } from './types.ts';

export interface Loaded {
  model: VlmModel;
  files: Pick<ModelFiles, 'manifest' | 'manifestHash' | 'totalBytes'>;
  /** See LoadedModel. */
  kept: FolderFile[] | null;
  backend: BackendInfo;
  /** Frees sessions, buffers and the device. */
  dispose(): Promise<void>;
}

/** Loads a model in the browser: files and runtime at the same time, then sessions, then one warm-up. */
export async function loadModel(
  source: ModelSource,
  choice: BackendChoice,
  onProgress: (progress: LoadProgress) => void,
  openOrt: (threads: number) => Promise<OrtHost>,
): Promise<Loaded> {
  const threads = threadsFor({ crossOriginIsolated, hardwareConcurrency: navigator.hardwareConcurrency });
  const machine = {
    adapter: choice === 'wasm' ? noAdapter : await describeAdapter(),
    crossOriginIsolated,
    hardwareConcurrency: navigator.hardwareConcurrency,
  };
  const backend = chooseBackend(choice, machine);
  const [host, files] = await Promise.all([openOrt(threads), openFiles(source, onProgress)]);
  const report = (phase: LoadProgress['phase']) =>
    onProgress({ phase, loadedBytes: files.totalBytes, totalBytes: files.totalBytes });
  let loaded: Loaded;
  try {
    loaded = await openModel(backend, host, files, report);
  } catch (thrown) {
    if (choice !== 'auto' || backend.kind !== 'webgpu') throw thrown;
    // Nobody asked for WebGPU by name: a driver that fails is no reason to have no model.
    loaded = await openModel(fallBack(machine, NadirError.from(thrown).message), host, files, report);
  }
  report('ready');
  return typeof source === 'string' ? { ...loaded, kept: files.asFolder() } : loaded;
}

async function openModel(
  backend: BackendInfo,
  host: OrtHost,
  files: ModelFiles,
  report: (phase: LoadProgress['phase']) => void,
): Promise<Loaded> {
  const tokenizer = createTokenizer(files);
  report('compile');
  const { engine, dispose } = await openEngine(backend, host, files, () => report('compile'));
  try {
    const model = new VlmModel(files, tokenizer, engine);
    report('warm-up');
    // A software adapter takes as long for an empty tile as for a question.
    if (!(backend.kind === 'webgpu' && backend.software)) await model.warmUp();
    const { manifest, manifestHash, totalBytes } = files;
    return { model, files: { manifest, manifestHash, totalBytes }, kept: null, backend, dispose };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}

function openFiles(source: ModelSource, onProgress: (progress: LoadProgress) => void): Promise<ModelFiles> {
  if (typeof source === 'string') return loadModelFiles(source, onProgress);
  return loadModelFiles('', onProgress, fromFolder(source));
}

const noAdapter = { available: false, software: false, label: 'WebGPU was not asked for.', f16: false };

async function openEngine(
  backend: BackendInfo,
  host: OrtHost,
  files: ModelFiles,
  onSession: () => void,
): Promise<{ engine: Engine; dispose: () => Promise<void> }> {
  if (backend.kind === 'wasm') {
    const engine = await createWasmEngine(host, files, onSession);
    return { engine, dispose: () => engine.dispose() };
  }
  const gpu = await openGpu();
  try {
    // Our kernels compile on the device while ONNX Runtime opens its sessions.
    const { vision } = files.manifest;
    const tower =
      vision.stem.length > 0
        ? createWgslTower(gpu, vision, files.get('onnx/vision.safetensors').buffer)
        : createGraphTower(host, gpu, files);
    const engine = await createWebGpuEngine(host, gpu, tower, files, onSession);
    const dispose = async () => {
      await engine.dispose();
      gpu.destroy();
    };
    return { engine, dispose };
  } catch (thrown) {
    gpu.destroy();
    throw NadirError.from(thrown);
  }
}
