import type { InferenceSession } from 'onnxruntime-common';
import { NadirError } from '../../lib/errors.ts';
import type { GridSpec, Manifest } from '../manifest/manifest.ts';
import type { ChangeEvidence, Evidence, ProposalInputs, RefinerInputs } from './engine.ts';
import type { OrtHost } from './ort-host.ts';

/** The small graphs. Both backends run them the same way: inputs come from the CPU and outputs return to it. */

/** Runs the proposal graph of the detector or of the change head: f32[count, hidden]; empty if there are no places. */
export async function runPlaces(
  host: OrtHost,
  session: InferenceSession | null,
  inputs: ProposalInputs,
): Promise<Float32Array> {
  const { count, geometry, scores, features } = inputs;
  if (count === 0) return new Float32Array(0);
  if (!session) throw new NadirError('MODEL_LACKS_TASK', 'This model reads no regions. Choose one that does.');
  const rows = (data: Float32Array) => new host.ort.Tensor('float32', data, [1, count, data.length / count]);
  const outputs = await host.run(session, {
    geometry: rows(geometry),
    scores: rows(scores),
    features: rows(features),
  });
  return outputs.tokens!.data as Float32Array;
}

/** Runs the refiner's graph: mask logits f32[count, size, size]. */
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

/**
 * The connector's inputs, each the tower's output of the same name. MODEL_MANIFEST_INVALID if the tower has no such output.
 */
export function connectorFeeds<Output, Input>(
  connector: Pick<InferenceSession, 'inputNames'>,
  seen: Readonly<Record<string, Output>>,
  feed: (output: Output) => Input,
): Record<string, Input> {
  return Object.fromEntries(
    connector.inputNames.map((name) => {
      const output = seen[name];
      if (output === undefined) {
        const message = `The model's connector reads "${name}", which its vision tower doesn't give: it gives ${Object.keys(seen).join(', ')}. Restore the model folder.`;
        throw new NadirError('MODEL_MANIFEST_INVALID', message, { details: { key: 'vision.taps' } });
      }
      return [name, feed(output)];
    }),
  );
}

const cellsOf = ({ grid: [rows, cols] }: GridSpec) => rows * cols;

/** How many numbers the manifest says that each of the connector's outputs holds; none for a head that the model lacks. */
function sizesOf({ detector, scenes, presence, quality, density, cover, connector: { neck } }: Manifest) {
  return {
    heat: detector && cellsOf(detector) * detector.classes.length,
    geom: detector && cellsOf(detector) * 6,
    scene: scenes?.labels.length,
    presence: presence?.labels.length,
    quality: quality?.labels.length,
    density: density && neck && cellsOf(neck) * density.classes.length,
    cover: cover && cellsOf(cover) * cover.labels.length,
  };
}

/**
 * The connector's outputs that the host reads; what the manifest names no head for isn't. The engine handles `visual`.
 * MODEL_MANIFEST_INVALID if the graph lacks a head's output or gives another number of values.
 */
export function evidenceOf(manifest: Manifest, outputs: InferenceSession.ReturnType): Evidence {
  const sizes = sizesOf(manifest);
  const head = (name: keyof typeof sizes): Float32Array | null => {
    const size = sizes[name];
    if (size == null) return null;
    const values = outputs[name]?.data as Float32Array | undefined;
    if (values?.length === size) return values;
    const message = `The model's connector gives ${values?.length ?? 'no'} values of "${name}", and its nadir.json describes ${size}. Restore the model folder.`;
    throw new NadirError('MODEL_MANIFEST_INVALID', message, { details: { key: name } });
  };
  const none = new Float32Array(0);
  return {
    heat: head('heat') ?? none,
    geom: head('geom') ?? none,
    // A model without heads outputs only `visual`.
    neck: (outputs.neck?.data as Float32Array | undefined) ?? none,
    scene: head('scene') ?? none,
    presence: head('presence') ?? none,
    quality: head('quality'),
    density: head('density'),
    cover: head('cover'),
  };
}

export function noChangeHead(): NadirError {
  return new NadirError('MODEL_LACKS_TASK', 'This model compares no images. Choose one with a change task.');
}

/** Runs the change head. Both necks are f32[rows, cols, features] on `neck`'s grid. */
export async function runChange(
  host: OrtHost,
  session: InferenceSession,
  neck: GridSpec,
  before: Float32Array,
  after: Float32Array,
): Promise<ChangeEvidence> {
  const [rows, cols] = neck.grid;
  const map = (data: Float32Array) =>
    new host.ort.Tensor('float32', data, [1, rows, cols, data.length / (rows * cols)]);
  const outputs = await host.run(session, { neck_before: map(before), neck_after: map(after) });
  const floats = (name: string) => outputs[name]!.data as Float32Array;
  return { rows: floats('rows'), heat: floats('heat'), geom: floats('geom'), changed: floats('changed')[0]! };
}
