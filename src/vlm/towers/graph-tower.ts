import type { Tensor } from 'onnxruntime-common';
import type { Gpu } from '../../gpu/device.ts';
import { assert } from '../../lib/errors.ts';
import type { ModelFiles } from '../files/model-files.ts';
import { externalData } from '../runtime/decoder-weights.ts';
import type { OrtHost } from '../runtime/ort-host.ts';
import type { Features, Tower } from './tower.ts';

/**
 * The vision tower as an ONNX graph on the engine's device, for architectures that the WGSL tower doesn't compute (a
 * CLS token, another GELU, features from several layers). It supports one image size, which the graph sets.
 */
export async function createGraphTower(
  host: OrtHost,
  gpu: Gpu,
  files: Pick<ModelFiles, 'manifest' | 'get'>,
): Promise<Tower> {
  const { graph, weights, imageSize, bands } = files.manifest.vision;
  const session = await host.create(files.get(graph), {
    executionProviders: [{ name: 'webgpu', device: gpu.device }],
    graphOptimizationLevel: 'all',
    externalData: externalData(files, graph, [weights]),
    preferredOutputLocation: 'gpu-buffer',
  });
  let outputs: Tensor[] = [];
  const free = () => {
    for (const tensor of outputs) tensor.dispose();
    outputs = [];
  };
  return {
    dispatches: 0,
    async run(pixels, height, width) {
      assert(
        height === imageSize && width === imageSize && pixels.length === height * width * bands,
        `the tower takes ${imageSize}×${imageSize} pixels with ${bands} bands, and got ${pixels.length} values for ${height}×${width}`,
      );
      const results = await host.run(session, {
        pixels: new host.ort.Tensor('float32', pixels, [1, height, width, bands]),
      });
      free();
      outputs = Object.values(results) as Tensor[];
      const features = (tensor: Tensor): Features => ({
        buffer: tensor.gpuBuffer as GPUBuffer,
        dims: tensor.dims as [number, number, number],
      });
      const named = Object.entries(results).map(([name, tensor]) => [name, features(tensor as Tensor)]);
      return { ...Object.fromEntries(named), tokens: features(results.tokens as Tensor) };
    },
    dispose() {
      free();
      host.exclusive(() => session.release()).catch(() => {});
    },
  };
}
