import { NadirError } from '../../lib/errors.ts';
import { sha256Hex } from '../files/model-files.ts';

/** The contents of a folder in PEFT's layout, not yet checked. */
export interface AdapterFiles {
  /** adapter_config.json, parsed. */
  config: unknown;
  /** adapter_model.safetensors. */
  weights: ArrayBuffer;
  /** SHA-256 of the weights, lower-case hex. */
  hash: string;
  sizeBytes: number;
}

const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
const MAX_CONFIG_BYTES = 1 << 20;
const MAX_WEIGHTS_BYTES = 1 << 29;

/** Reads an adapter's two files from the dropped files and ignores the others. Errors: ADAPTER_INVALID. */
export async function readAdapterFiles(files: readonly File[]): Promise<AdapterFiles> {
  for (const file of files) checkName(pathOf(file));
  const config = pick(files, CONFIG, MAX_CONFIG_BYTES);
  const weights = pick(files, WEIGHTS, MAX_WEIGHTS_BYTES);
  const [text, buffer] = await Promise.all([read(config, (f) => f.text()), read(weights, (f) => f.arrayBuffer())]);
  return {
    config: parseJson(text),
    weights: buffer,
    hash: await sha256Hex(new Uint8Array(buffer)),
    sizeBytes: config.size + weights.size,
  };
}

function pathOf(file: File): string {
  return file.webkitRelativePath || file.name;
}

/** Refuses file names that lead out of the adapter's folder. */
function checkName(path: string): void {
  const unsafe =
    path.startsWith('/') || /[\\:]/.test(path) || path.split('/').includes('..') || hasControlCharacter(path);
  if (unsafe) {
    throw invalid(
      `has a file with the unsafe name ${JSON.stringify(path)}`,
      'Get the adapter from where it came from.',
    );
  }
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character.charCodeAt(0) < 32);
}

function pick(files: readonly File[], name: string, maxBytes: number): File {
  const found = files.filter((file) => pathOf(file).split('/').at(-1) === name);
  const [file] = found;
  if (!file) {
    const pickled = files.some((f) => /\.(bin|pt|pth)$/.test(f.name));
    throw invalid(
      `has no ${name}`,
      pickled && name === WEIGHTS
        ? 'A .bin or .pt file can run code when it is opened, so it is not read; save the adapter as safetensors.'
        : `Choose a folder in PEFT's layout: ${CONFIG} and ${WEIGHTS}.`,
    );
  }
  if (found.length > 1) throw invalid(`has ${found.length} files called ${name}`, 'Choose the folder of one adapter.');
  if (file.size > maxBytes) {
    throw invalid(`has a ${name} of ${file.size} bytes`, `At most ${maxBytes} bytes are read.`);
  }
  return file;
}

async function read<T>(file: File, how: (file: File) => Promise<T>): Promise<T> {
  try {
    return await how(file);
  } catch (cause) {
    throw invalid(`has a ${file.name} that can't be read`, 'Choose the folder again.', cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`has an ${CONFIG} that is not JSON`, 'Copy the adapter again.', cause);
  }
}

/** Completes the sentence "The adapter …." and adds what the user can do. */
export function invalid(what: string, remedy: string, cause?: unknown): NadirError {
  return new NadirError('ADAPTER_INVALID', `The adapter ${what}. ${remedy}`, cause === undefined ? {} : { cause });
}
