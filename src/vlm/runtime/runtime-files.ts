import asyncifyMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiMjs from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import type { RuntimeFiles } from '../types.ts';

/** The JSPI build is 10 MB smaller and has none of asyncify's overhead. It needs stack switching. */
export const usesJspi = 'Suspending' in WebAssembly;

/** ONNX Runtime's own files for this browser, at the URLs that the build gave them. */
export function runtimeFiles(): RuntimeFiles {
  const absolute = (url: string) => new URL(url, import.meta.url).href;
  return usesJspi
    ? { mjs: absolute(jspiMjs), wasm: absolute(jspiWasm) }
    : { mjs: absolute(asyncifyMjs), wasm: absolute(asyncifyWasm) };
}
