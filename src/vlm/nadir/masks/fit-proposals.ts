import { cornersOf, rotatedIou } from '../../../geo/boxes/rotated-box.ts';
import type { Manifest, RefinerSpec } from '../../manifest/manifest.ts';
import type { Engine } from '../../runtime/engine.ts';
import { byClass, type Proposal } from '../heads/proposals.ts';
import { fitBox, minSamples } from './fit-box.ts';
import { refineBoxes, type SeenMaps } from './refine.ts';

/**
 * A mask's certainty grows by less than this from one pass to the next: over 42 training tiles no box of 162 that were kept in the end would have
 * been left out by it, and a third of the second passes were (bench/LOG.md).
 */
const SURER = 0.1;

/**
 * Fits the proposals of one tile to their masks. Only the classes in `refiner.fits` are fitted.
 * - It makes `refiner.fitPasses` passes, because the mask of a box that is far too small covers only a part of the
 *   object.
 * - Each pass multiplies a score by the mask's certainty and by the IoU of the old and new boxes. A dense head's heat
 *   says little about how well the box of a large roof fits.
 * - Boxes below their class's least score are dropped, as soon as later passes can't leave them above it. So are boxes that repeat a better
 *   one of their class.
 * The result is sorted as in `propose`. Follows the same rule as `fit_proposals` of
 * training/inference/fit_proposals.py. When cancelled, it returns early, without the boxes that were not fitted yet.
 */
export async function fitProposals(
  engine: Pick<Engine, 'refine'>,
  manifest: Manifest,
  seen: SeenMaps,
  proposals: readonly Proposal[],
  isCancelled: () => boolean,
): Promise<Proposal[]> {
  const { refiner, detector, slicing } = manifest;
  if (!refiner || !detector || refiner.fits.length === 0) return [...proposals];
  const leastOf = detector.classes.map(({ name }) => refiner.fits.find((fit) => fit.class === name)?.minScore ?? null);
  const maskClassOf = detector.classes.map(({ name }) => refiner.classes.indexOf(name));
  const isFitted = ({ classIndex }: Proposal) => leastOf[classIndex] !== null;
  let chosen = proposals.filter(isFitted);
  for (let pass = 0; pass < refiner.fitPasses; pass++) {
    const places = chosen.map(({ classIndex, box }, index) => ({ index, maskClass: maskClassOf[classIndex]!, box }));
    const fitted: Proposal[] = [];
    for await (const { place, logits } of refineBoxes(engine, manifest, seen, places, isCancelled)) {
      const proposal = chosen[place.index]!;
      const box = fitBox(place.box, logits, refiner.size, refiner.grow, slicing.tile);
      const agreement = rotatedIou(cornersOf(place.box), cornersOf(box));
      const sure = certainty(logits);
      const score = proposal.score * sure * agreement;
      const most = score * Math.min(1, sure + SURER) ** (refiner.fitPasses - 1 - pass);
      if (most >= leastOf[proposal.classIndex]!) fitted.push({ ...proposal, box, score });
    }
    chosen = withoutRepeats(fitted, refiner);
  }
  return [...proposals.filter((proposal) => !isFitted(proposal)), ...chosen].sort(byClass);
}

/** Keeps the best of the boxes that belong to one object, sorted best first. */
function withoutRepeats(proposals: Proposal[], { repeatIou }: RefinerSpec): Proposal[] {
  const kept: Proposal[] = [];
  for (const candidate of proposals.sort((a, b) => b.score - a.score || a.cell - b.cell)) {
    const isRepeated = kept.some(
      ({ classIndex, box }) =>
        classIndex === candidate.classIndex && rotatedIou(cornersOf(box), cornersOf(candidate.box)) >= repeatIou,
    );
    if (!isRepeated) kept.push(candidate);
  }
  return kept;
}

/**
 * Certainty of a mask, 0..1: the mean of |2p − 1| over all samples, times the mean p of the samples in the mask
 * (maskness; SOLO, Wang et al. 2020). 0 for a mask with too few samples.
 */
function certainty(logits: Float32Array): number {
  let settled = 0;
  let inside = 0;
  let count = 0;
  for (const logit of logits) {
    settled += Math.abs(Math.tanh(logit / 2));
    if (logit <= 0) continue;
    inside += 1 / (1 + Math.exp(-logit));
    count++;
  }
  return count < minSamples ? 0 : (settled / logits.length) * (inside / count);
}
