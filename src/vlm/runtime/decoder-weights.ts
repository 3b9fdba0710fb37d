import type { ModelFiles } from '../files/model-files.ts';
import { dequantiseLlm } from './dequantise.ts';

/** A weight file as ONNX Runtime takes it: `path` is what the graph calls it. */
export interface ExternalData {
  path: string;
  data: Uint8Array;
}

const weightFile = /^onnx\/(llm_q4(?:\.\d+)?\.bin)$/;

/** The 4-bit weights, in as many files as the model has: llm_q4.bin, llm_q4.1.bin, … */
export function quantisedWeights(files: Pick<ModelFiles, 'manifest' | 'get'>): ExternalData[] {
  return Object.keys(files.manifest.files).flatMap((file) => {
    const path = weightFile.exec(file)?.[1];
    return path === undefined ? [] : [{ path, data: files.get(file) }];
  });
}

/**
 * What WebAssembly runs: the plain f32 graph over the weights dequantised here, or the 4-bit graph where the model has
 * no other, since dequantised it would not fit into a 32-bit memory.
 */
export function wasmDecoder(files: Pick<ModelFiles, 'manifest' | 'get' | 'has'>): {
  graph: string;
  weights: () => ExternalData[];
} {
  if (!files.has('onnx/llm_f32.onnx')) return { graph: 'onnx/llm_q4.onnx', weights: () => quantisedWeights(files) };
  const weights = () => [
    { path: 'llm_f32.bin', data: dequantiseLlm(files.manifest.llm, (file) => files.get(file).buffer) },
  ];
  return { graph: 'onnx/llm_f32.onnx', weights };
}
