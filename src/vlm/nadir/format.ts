import { openGpu } from '../../gpu/device.ts';
import { NadirError } from '../../lib/errors.ts';
import { loadModelFiles, type ModelFiles } from '../files/model-files.ts';
import type { Device, VlmFormat } from '../format.ts';
import { QuestionReader } from '../reader/reader.ts';
import type { Engine } from '../runtime/engine.ts';
import { createWasmEngine } from '../runtime/wasm-engine.ts';
import { createWebGpuEngine } from '../runtime/webgpu-engine.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import { createGraphTower } from '../towers/graph-tower.ts';
import { createWgslTower } from '../towers/wgsl-tower.ts';
import { NadirBackend } from './backend.ts';

/** The format of the embedded model's family: `nadir.json` and the files that it lists. */
export const nadirFormat: VlmFormat = {
  id: 'nadir-model',
  description: 'a Nadir model (a folder with nadir.json)',
  recognises: async (files) => (await files.read('nadir.json')) !== null,
  read: async (files, onProgress) => {
    const read = await loadModelFiles(files.baseUrl, onProgress, files.fetchBytes);
    const { totalBytes, asFolder } = read;
    return { totalBytes, asFolder, open: (device, onStep) => openNadir(read, device, onStep) };
  },
};

async function openNadir(files: ModelFiles, device: Device, onStep: () => void): Promise<NadirBackend> {
  const tokenizer = createTokenizer(files);
  const { engine, dispose } = await openEngine(files, device, onStep);
  try {
    const reader = files.manifest.reader && new QuestionReader(device.ort, files);
    const disposeAll = async () => {
      await reader?.dispose();
      await dispose();
    };
    return new NadirBackend(files, tokenizer, engine, disposeAll, reader);
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}

async function openEngine(
  files: ModelFiles,
  { info, ort }: Device,
  onStep: () => void,
): Promise<{ engine: Engine; dispose: () => Promise<void> }> {
  if (info.kind === 'wasm') {
    const engine = await createWasmEngine(ort, files, onStep);
    return { engine, dispose: () => engine.dispose() };
  }
  const gpu = await openGpu();
  try {
    // Our kernels compile on the device while ONNX Runtime opens its sessions.
    const { vision } = files.manifest;
    const tower =
      vision.stem.length > 0
        ? createWgslTower(gpu, vision, files.get(vision.weights).buffer)
        : createGraphTower(ort, gpu, files);
    const engine = await createWebGpuEngine(ort, gpu, tower, files, onStep);
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
