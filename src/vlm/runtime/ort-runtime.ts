import { env as transformersEnv } from '@huggingface/transformers';
// transformers.js imports this build itself, so it is bundled in any case.
import * as asyncifyOrt from 'onnxruntime-web/webgpu';
import type { RuntimeFiles } from '../types.ts';
import { type Ort, OrtHost } from './ort-host.ts';
import { usesJspi } from './runtime-files.ts';

let opened: Promise<OrtHost> | null = null;

/**
 * Opens ONNX Runtime for the browser, once per worker. Browsers with stack switching get the JSPI build, others the
 * asyncify build. Only the first call's arguments are used. `wasmPaths` are the files of the same build.
 */
export function openOrt(threads: number, wasmPaths: RuntimeFiles): Promise<OrtHost> {
  opened ??= open(threads, wasmPaths);
  return opened;
}

async function open(threads: number, wasmPaths: RuntimeFiles): Promise<OrtHost> {
  const ort: Ort = usesJspi ? await import('onnxruntime-web/jspi') : asyncifyOrt;
  ort.env.wasm.wasmPaths = wasmPaths;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = 'error';
  // transformers.js points its own copy at a CDN on import. It opens no session here. This line makes sure that it
  // can't fetch anything.
  const theirs = transformersEnv.backends.onnx.wasm;
  if (theirs) Object.assign(theirs, { wasmPaths, numThreads: threads, proxy: false });
  return new OrtHost(ort);
}
