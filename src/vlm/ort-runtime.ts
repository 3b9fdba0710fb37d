import { env as transformersEnv } from '@huggingface/transformers';
import asyncifyMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiMjs from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
// transformers.js imports this build itself, so it is here in any case.
import * as asyncifyOrt from 'onnxruntime-web/webgpu';
import { type Ort, OrtHost } from './ort-host.ts';

let opened: Promise<OrtHost> | null = null;

/**
 * ONNX Runtime for the browser, once a worker: the JSPI build where the browser has stack switching (10 MB smaller and
 * without asyncify's overhead), the asyncify build elsewhere. `threads` counts for the first call only.
 */
export function openOrt(threads: number): Promise<OrtHost> {
  opened ??= open(threads);
  return opened;
}

async function open(threads: number): Promise<OrtHost> {
  const jspi = 'Suspending' in WebAssembly;
  const ort: Ort = jspi ? await import('onnxruntime-web/jspi') : asyncifyOrt;
  const absolute = (url: string) => new URL(url, import.meta.url).href;
  const wasmPaths = {
    mjs: absolute(jspi ? jspiMjs : asyncifyMjs),
    wasm: absolute(jspi ? jspiWasm : asyncifyWasm),
  };
  ort.env.wasm.wasmPaths = wasmPaths;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = 'error';
  // transformers.js points its own copy at a CDN when it is imported. It opens no session here; this keeps it so.
  const theirs = transformersEnv.backends.onnx.wasm;
  if (theirs) Object.assign(theirs, { wasmPaths, numThreads: threads, proxy: false });
  return new OrtHost(ort);
}
