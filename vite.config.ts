import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

// SharedArrayBuffer (WebAssembly threads) needs a cross-origin isolated page.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Many servers don't know .mjs and send it as bytes, which browsers refuse to run. */
const asScript = ({ names: [name = ''] }: { names: string[] }) =>
  name.endsWith('.mjs') ? 'assets/[name]-[hash].js' : 'assets/[name]-[hash][extname]';

export default defineConfig({
  base: './',
  plugins: [preact()],
  // Without the first condition, onnxruntime-web inlines its wasm a second time.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'] },
  optimizeDeps: { exclude: ['onnxruntime-web', '@huggingface/transformers'] },
  // A worker is a single file: it fetches nothing later, when the server may be gone.
  worker: {
    format: 'es',
    rolldownOptions: {
      output: { codeSplitting: false, assetFileNames: asScript },
      checks: { pluginTimings: false },
    },
  },
  build: { target: 'esnext', chunkSizeWarningLimit: 2000, rolldownOptions: { output: { assetFileNames: asScript } } },
  server: { headers: isolation },
  preview: { headers: isolation },
});
