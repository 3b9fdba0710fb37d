import type { Engine } from './engine.ts';
import { fitBox } from './fit-box.ts';
import type { Manifest } from './manifest.ts';
import type { Proposal } from './proposals.ts';
import { refineBoxes, type SeenMaps } from './refine.ts';

/**
 * The proposals of one tile, at the same indices, with the boxes of those that `isNamed` picks fitted to their masks
 * where `refiner.fits` has their class. Stops early, with what is done so far, when cancelled.
 */
export async function fitProposals(
  engine: Pick<Engine, 'refine'>,
  manifest: Manifest,
  seen: SeenMaps,
  proposals: readonly Proposal[],
  isNamed: (proposal: Proposal) => boolean,
  isCancelled: () => boolean,
): Promise<readonly Proposal[]> {
  const { refiner, detector, slicing } = manifest;
  if (!refiner) return proposals;
  const places = proposals.flatMap((proposal, index) => {
    const { classIndex, box } = proposal;
    const fits = refiner.fits.includes(detector.classes[classIndex]?.name ?? '');
    return fits && isNamed(proposal) ? [{ index, classIndex, box }] : [];
  });
  const fitted = [...proposals];
  for await (const { place, logits } of refineBoxes(engine, manifest, seen, places, isCancelled)) {
    const box = fitBox(place.box, logits, refiner.size, refiner.grow, slicing.tile);
    fitted[place.index] = { ...fitted[place.index]!, box };
  }
  return fitted;
}
