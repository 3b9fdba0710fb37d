import { describeAdapter } from '../gpu/device.ts';
import { NadirError } from '../lib/errors.ts';
import type { VlmBackend } from './backend.ts';
import { byPath, type FileIndex, filesBelow, filesIn } from './files/file-index.ts';
import type { Device, ReadModel, VlmFormat } from './format.ts';
import { formats } from './formats.ts';
import { chooseBackend, fallBack, threadsFor } from './runtime/backend.ts';
import type { OrtHost } from './runtime/ort-host.ts';
import type { BackendChoice, BackendInfo, FolderFile, LoadProgress, ModelSource } from './types.ts';

export interface Loaded {
  model: VlmBackend;
  /** See `LoadedModel.files`. */
  kept: FolderFile[] | null;
  backend: BackendInfo;
}

/**
 * Loads a model in the browser. The files and the runtime load at the same time, then the sessions open, then one
 * warm-up runs.
 */
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
  const info = chooseBackend(choice, machine);
  const [ort, files] = await Promise.all([openOrt(threads), readModel(source, onProgress)]);
  const report = (phase: LoadProgress['phase']) =>
    onProgress({ phase, loadedBytes: files.totalBytes, totalBytes: files.totalBytes });
  const kept = () => (typeof source === 'string' ? files.asFolder() : null);
  let loaded: Loaded;
  try {
    loaded = { model: await openModel(files, { info, ort }, report), backend: info, kept: kept() };
  } catch (thrown) {
    if (choice !== 'auto' || info.kind !== 'webgpu') throw thrown;
    // The user didn't insist on WebGPU, so a failing driver shouldn't leave them without a model.
    const instead = fallBack(machine, NadirError.from(thrown).message);
    loaded = { model: await openModel(files, { info: instead, ort }, report), backend: instead, kept: kept() };
  }
  report('ready');
  return loaded;
}

/**
 * Finds the uppermost model among these files: the path of its folder, "" or ending in "/". Errors: MODEL_FILE_MISSING
 * if no format recognises a folder.
 */
export async function locateModel(files: readonly FolderFile[]): Promise<string> {
  const folder = byPath(files);
  const roots = new Set(['']);
  for (const { path } of files) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) roots.add(path.slice(0, at + 1));
  }
  const depth = (root: string) => root.split('/').length;
  for (const root of [...roots].sort((a, b) => depth(a) - depth(b))) {
    if (await formatOf(filesIn(folder, root))) return root;
  }
  const [first] = files;
  const chosen = first ? `"${first.path.split('/')[0]}"` : 'The chosen folder';
  throw unknownFormat(
    `${chosen} has no model in it that Nadir knows. ${opens()} Convert a checkpoint first (docs/convert-a-checkpoint.md), or choose another folder.`,
  );
}

async function readModel(source: ModelSource, onProgress: (progress: LoadProgress) => void): Promise<ReadModel> {
  const files = typeof source === 'string' ? filesBelow(source) : filesIn(byPath(source));
  const format = await formatOf(files);
  if (format) return format.read(files, onProgress);
  const why = files.failure?.message ?? 'The model is in no format that Nadir knows.';
  throw unknownFormat(`${why} ${opens()}`, files.failure ?? undefined);
}

async function formatOf(files: FileIndex): Promise<VlmFormat | null> {
  for (const format of formats) if (await format.recognises(files)) return format;
  return null;
}

const opens = () => `Nadir opens ${formats.map(({ description }) => description).join(', or ')}.`;

function unknownFormat(message: string, cause?: NadirError): NadirError {
  const details = { ...cause?.details, formats: formats.map(({ id }) => id) };
  return new NadirError(cause?.code ?? 'MODEL_FILE_MISSING', message, { details, cause });
}

async function openModel(
  files: ReadModel,
  device: Device,
  report: (phase: LoadProgress['phase']) => void,
): Promise<VlmBackend> {
  report('compile');
  const model = await files.open(device, () => report('compile'));
  try {
    report('warm-up');
    const { kind, software } = device.info;
    // On a software adapter, an empty tile takes as long as a question.
    if (!(kind === 'webgpu' && software)) await model.warmUp();
    return model;
  } catch (thrown) {
    await model.dispose();
    throw thrown;
  }
}

const noAdapter = { available: false, software: false, label: 'WebGPU was not asked for.', f16: false };
