import { runnerImport } from 'vite';

/**
 * `npm run bench:node [-- --only matmul] [-- --samples 9]`: the kernels and the tower on the WebGPU device that Node finds.
 * Kernels import their shader text through Vite (`?raw`), so the suite is loaded through Vite's module runner. The runner
 * is closed once the module is there, so the module does its work while it is being imported.
 */
const { module } = await runnerImport<typeof import('./run.ts')>(new URL('run.ts', import.meta.url).pathname, {
  configFile: false,
  logLevel: 'error',
});
process.exitCode = module.exitCode;
