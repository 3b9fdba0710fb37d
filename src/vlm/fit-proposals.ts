import { cornersOf, rotatedIou } from '../geo/rotated-box.ts';
import type { Engine } from './engine.ts';
import { fitBox } from './fit-box.ts';
import type { Manifest } from './manifest.ts';
import { byClass, type Proposal } from './proposals.ts';
import { refineBoxes, type SeenMaps } from './refine.ts';

/**
 * The proposals of one tile, those of the classes in `refiner.fits` drawn around their masks. Their scores are multiplied by
 * how sure the mask is and by how much box and fitted box agree, since a dense head's heat says little of how well a box of a large
 * roof fits; what then falls under its class's least score goes, and what repeats a better one of its class. Sorted as `propose` sorts.
 * The same rule as `fit_proposals` of training/pipeline.py. Cancelled, it returns early, without what wasn't fitted yet.
 */
export async function fitProposals(
  engine: Pick<Engine, 'refine'>,
  manifest: Manifest,
  seen: SeenMaps,
  proposals: readonly Proposal[],
  isCancelled: () => boolean,
): Promise<Proposal[]> {
  const { refiner, detector, slicing } = manifest;
  if (!refiner || refiner.fits.length === 0) return [...proposals];
  const leastOf = detector.classes.map(({ name }) => refiner.fits.find((fit) => fit.class === name)?.minScore ?? null);
  const places = proposals.flatMap(({ classIndex, box }, index) =>
    leastOf[classIndex] === null ? [] : [{ index, classIndex, box }],
  );
  const fitted: Proposal[] = [];
  for await (const { place, logits } of refineBoxes(engine, manifest, seen, places, isCancelled)) {
    const proposal = proposals[place.index]!;
    const box = fitBox(place.box, logits, refiner.size, refiner.grow, slicing.tile);
    const agreement = rotatedIou(cornersOf(place.box), cornersOf(box));
    fitted.push({ ...proposal, box, score: proposal.score * sureness(logits) * agreement });
  }
  const kept = proposals.filter(({ classIndex }) => leastOf[classIndex] === null);
  const repeats = (a: Proposal, b: Proposal) =>
    a.classIndex === b.classIndex && rotatedIou(cornersOf(a.box), cornersOf(b.box)) >= refiner.repeatIou;
  for (const candidate of fitted.sort((a, b) => b.score - a.score || a.cell - b.cell)) {
    const isEnough = candidate.score >= leastOf[candidate.classIndex]!;
    if (isEnough && !kept.some((better) => repeats(better, candidate))) kept.push(candidate);
  }
  return kept.sort(byClass);
}

/** Mean over the samples of |2p − 1|, p the probability that a sample is in the mask: 0 where all is open, 1 where all is settled. */
function sureness(logits: Float32Array): number {
  let sum = 0;
  for (const logit of logits) sum += Math.abs(Math.tanh(logit / 2));
  return sum / logits.length;
}
