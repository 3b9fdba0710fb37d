import type { ModelFiles } from '../files/model-files.ts';
import { dequantiseLlm } from './dequantise.ts';

/** A weight file as ONNX Runtime takes it: `path` is what the graph calls it. */
export interface ExternalData {
  path: string;
  data: Uint8Array;
}

/** What the f32 graph calls the weights that are dequantised at load; there is no such file. */
const DEQUANTISED = 'llm_f32.bin';

/** A graph calls a weight file by its path from the graph's own folder. Both are paths in the model folder. */
export function externalData(
  files: Pick<ModelFiles, 'get'>,
  graph: string,
  weights: readonly string[],
): ExternalData[] {
  const folder = graph.slice(0, graph.lastIndexOf('/') + 1);
  return weights.map((file) => ({
    path: file.startsWith(folder) ? file.slice(folder.length) : file,
    data: files.get(file),
  }));
}

/** The 4-bit weights, for one of the 4-bit graphs. */
export function quantisedWeights(files: Pick<ModelFiles, 'manifest' | 'get'>): ExternalData[] {
  const { graphs, weightFiles } = files.manifest.llm;
  return externalData(files, graphs.q4, weightFiles);
}

/**
 * What WebAssembly runs: the plain f32 graph over the weights dequantised here, or the 4-bit graph where the model has
 * no other, since dequantised it would not fit into a 32-bit memory.
 */
export function wasmDecoder(files: Pick<ModelFiles, 'manifest' | 'get'>): {
  graph: string;
  weights: () => ExternalData[];
} {
  const { llm } = files.manifest;
  if (llm.graphs.f32 === null) return { graph: llm.graphs.q4, weights: () => quantisedWeights(files) };
  const weights = () => [{ path: DEQUANTISED, data: dequantiseLlm(llm, (file) => files.get(file).buffer) }];
  return { graph: llm.graphs.f32, weights };
}
