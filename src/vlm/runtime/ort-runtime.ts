import { env as transformersEnv } from '@huggingface/transformers';
// transformers.js imports this build itself, so it is here in any case.
import * as asyncifyOrt from 'onnxruntime-web/webgpu';
import type { RuntimeFiles } from '../types.ts';
import { type Ort, OrtHost } from './ort-host.ts';
import { usesJspi } from './runtime-files.ts';

let opened: Promise<OrtHost> | null = null;

/**
 * ONNX Runtime for the browser, once a worker: the JSPI build where the browser has stack switching, the asyncify build
 * elsewhere. The arguments count for the first call only; `wasmPaths` are the files of the same build.
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
  // transformers.js points its own copy at a CDN when it is imported. It opens no session here; this keeps it so.
  const theirs = transformersEnv.backends.onnx.wasm;
  if (theirs) Object.assign(theirs, { wasmPaths, numThreads: threads, proxy: false });
  return new OrtHost(ort);
}
