import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadModelFiles, type ModelFiles } from '../files/model-files.ts';
import { NadirBackend } from '../nadir/backend.ts';
import { OrtHost } from '../runtime/ort-host.ts';
import { createWasmEngine } from '../runtime/wasm-engine.ts';
import { createTokenizer } from '../text/tokenizer.ts';

const folder = new URL('../../../public/models/nadir-s/', import.meta.url);

/** The embedded model's files, read from disk with the same checks as in the browser. */
export function readEmbeddedFiles(): Promise<ModelFiles> {
  return loadModelFiles(
    folder.href,
    () => {},
    async (url) => new Response(await readFile(new URL(url))),
  );
}

/** onnxruntime-web's plain WebAssembly build, one thread, in Node. */
export async function openNodeOrt(): Promise<OrtHost> {
  const ort = await import('onnxruntime-web/wasm');
  const dist = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
  ort.env.wasm.wasmPaths = pathToFileURL(`${dist}/`).href;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return new OrtHost(ort);
}

/** The whole pipeline on WebAssembly in Node. */
export async function openNodeModel(): Promise<NadirBackend> {
  const files = await readEmbeddedFiles();
  const engine = await createWasmEngine(await openNodeOrt(), files, () => {});
  return new NadirBackend(files, createTokenizer(files), engine);
}
