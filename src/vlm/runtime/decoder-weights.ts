import type { ModelFiles } from '../files/model-files.ts';
import { dequantiseLlm } from './dequantise.ts';

/** A weight file in the form that ONNX Runtime takes. `path` is the name that the graph uses for it. */
export interface ExternalData {
  path: string;
  data: Uint8Array;
}

/** The name that the f32 graph uses for the weights that are dequantised at load. No such file exists. */
const DEQUANTISED = 'llm_f32.bin';

/** A graph names a weight file by its path from the graph's own folder. Both arguments are paths in the model folder. */
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

/** The 4-bit weights, for a 4-bit graph. */
export function quantisedWeights(files: Pick<ModelFiles, 'manifest' | 'get'>): ExternalData[] {
  const { graphs, weightFiles } = files.manifest.llm;
  return externalData(files, graphs.q4, weightFiles);
}

/**
 * The graph and weights that WebAssembly runs. This is the plain f32 graph with weights dequantised here. A model
 * without an f32 graph runs its 4-bit graph: its dequantised weights would not fit into a 32-bit memory.
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
