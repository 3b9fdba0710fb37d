import { runnerImport } from 'vite';

/**
 * `npm run bench:node [-- --only matmul] [-- --samples 9]`: the kernels and the tower on Node's WebGPU device. Kernels
 * import their shader text through Vite (`?raw`), so the suite is loaded by Vite's module runner. The runner is closed
 * after the import, so the module does its work while it is imported.
 */
const { module } = await runnerImport<typeof import('./run.ts')>(new URL('run.ts', import.meta.url).pathname, {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = module.exitCode;
