import { cornersOf, rotatedIou } from '../../../geo/boxes/rotated-box.ts';
import type { RotatedBox } from '../../../geo/types.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import { cellsIn, type Proposal } from './proposals.ts';

const logOdds = (p: number) => {
  const inside = Math.min(1 - 1e-6, Math.max(1e-6, p));
  return Math.log(inside / (1 - inside));
};

/**
 * Probability, 0–1, that the region holds an object of the named class, or of any class if `classIndex` is null (no
 * class was named). `heat` f32[rows, cols, classes]; `region` in tile pixels. Null for a model without this
 * calibration.
 */
export function knownProbability(
  { detector }: Pick<Manifest, 'detector'>,
  { heat, proposals }: { heat: Float32Array; proposals: readonly Proposal[] },
  region: RotatedBox,
  classIndex: number | null,
): number | null {
  if (!detector?.regionCalibration) return null;
  const { regionCalibration: weights, proposals: proposed } = detector;
  const count = detector.classes.length;
  const cells = cellsIn(region, detector);
  const overLeast = (k: number) =>
    logOdds(Math.max(...cells.map((cell) => heat[cell * count + k]!))) - logOdds(proposed.minScores[k]!);
  const classes = classIndex === null ? [...detector.classes.keys()] : [classIndex];
  const corners = cornersOf(region);
  const overlaps = proposals
    .filter((proposal) => proposal.classIndex === classIndex)
    .map(({ box }) => rotatedIou(cornersOf(box), corners));
  const sum =
    weights.heat * Math.max(...classes.map(overLeast)) +
    weights.iou * Math.max(0, ...overlaps) +
    (classIndex === null ? weights.none : 0) +
    weights.offset;
  return 1 / (1 + Math.exp(-sum));
}
