import type { InferenceSession } from 'onnxruntime-common';
import type { RefinerInputs } from './engine.ts';
import type { OrtHost } from './ort-host.ts';
import type { ProposalInputs } from './proposals.ts';

/** The two small graphs, run the same way on both backends: inputs from the CPU, outputs back to it. */

/** onnx/proposals.onnx, f32[count, hidden]; empty for no places. */
export async function runPlaces(
  host: OrtHost,
  session: InferenceSession,
  inputs: ProposalInputs,
): Promise<Float32Array> {
  const { count, geometry, scores, features } = inputs;
  if (count === 0) return new Float32Array(0);
  const rows = (data: Float32Array) => new host.ort.Tensor('float32', data, [1, count, data.length / count]);
  const outputs = await host.run(session, {
    geometry: rows(geometry),
    scores: rows(scores),
    features: rows(features),
  });
  return outputs.tokens!.data as Float32Array;
}

/** onnx/refiner.onnx, mask logits f32[count, size, size]. */
export async function runRefiner(
  host: OrtHost,
  session: InferenceSession,
  inputs: RefinerInputs,
): Promise<Float32Array> {
  const { count, crop, features, label } = inputs;
  const maps = (data: Float32Array, side: number) =>
    new host.ort.Tensor('float32', data, [count, data.length / (count * side * side), side, side]);
  const outputs = await host.run(session, {
    crop: maps(crop, inputs.cropSide),
    features: maps(features, inputs.featureSide),
    label: new host.ort.Tensor('float32', label, [count, label.length / count]),
  });
  return outputs.mask!.data as Float32Array;
}
