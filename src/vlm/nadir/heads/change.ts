import type { ChangeSpec, GridSpec, Manifest } from '../../manifest/manifest.ts';
import type { ChangeEvidence, ProposalInputs } from '../../runtime/engine.ts';
import { cellUnder, type DenseHead, normalisedGeometry, type Proposal, propose } from './proposals.ts';

/** The change head's only class, which names all of its boxes. */
export const changeClass = { name: 'change', plural: 'changes', zh: '变化' } as const;

/** The places that changed, decoded like any other proposals. `classIndex` is 0, the change class. */
export function proposeChanges(spec: ChangeSpec, { heat, geom }: Pick<ChangeEvidence, 'heat' | 'geom'>): Proposal[] {
  const { stride, grid, minScore, ...proposals } = spec;
  const head: DenseHead = { classes: [changeClass], stride, grid, proposals: { ...proposals, minScores: [minScore] } };
  return propose(head, heat, geom);
}

/**
 * Inputs of the graph that makes prompt rows from changes: geometry f32[K,6] as for proposals, scores f32[K,1],
 * features f32[K,F] = neck after − neck before at the cell of the change. Both necks f32[rows, cols, F].
 */
export function changeInputs(
  { slicing }: Pick<Manifest, 'slicing'>,
  neck: GridSpec,
  spec: ChangeSpec,
  necks: { before: Float32Array; after: Float32Array },
  changes: readonly Proposal[],
): ProposalInputs {
  const width = necks.after.length / (neck.grid[0] * neck.grid[1]);
  const count = changes.length;
  const inputs: ProposalInputs = {
    count,
    geometry: new Float32Array(count * 6),
    scores: new Float32Array(count),
    features: new Float32Array(count * width),
  };
  changes.forEach(({ box, cell, score }, i) => {
    const from = cellUnder(neck, spec, cell) * width;
    inputs.geometry.set(normalisedGeometry(box, slicing.tile), i * 6);
    inputs.scores[i] = score;
    for (let k = 0; k < width; k++) inputs.features[i * width + k] = necks.after[from + k]! - necks.before[from + k]!;
  });
  return inputs;
}

/**
 * The rows that stand for the images in a question about change: the last visual rows of each image (those after its
 * patches), earlier image first, then the change head's own rows. `before` and `after` f32[tokensPerSlice, hidden],
 * `rows` f32[n, hidden].
 */
export function changeRows(
  { visualRows }: Pick<ChangeSpec, 'visualRows'>,
  hidden: number,
  before: Float32Array,
  after: Float32Array,
  rows: Float32Array,
): Float32Array {
  const kept = visualRows * hidden;
  const out = new Float32Array(2 * kept + rows.length);
  out.set(before.subarray(before.length - kept), 0);
  out.set(after.subarray(after.length - kept), kept);
  out.set(rows, 2 * kept);
  return out;
}
