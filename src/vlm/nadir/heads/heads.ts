import { nearestRange } from '../../../imagery/gsd-range.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { Evidence } from '../../runtime/engine.ts';
import type { LookResult, Scored, Scores } from '../../types.ts';
import { atTemperature } from './calibration.ts';

/**
 * The scores of the heads that look at the whole image, each list best first. Scenes are those meant for the picture's ground sample
 * distance.
 */
export function headScores(
  { scenes, presence, quality }: Pick<Manifest, 'scenes' | 'presence' | 'quality'>,
  evidence: Pick<Evidence, 'scene' | 'presence' | 'quality'>,
  gsdMetres: number | null,
): Scores {
  return {
    ...(scenes && { scene: rankScenes(scenes, evidence.scene, gsdMetres) }),
    ...(presence && { presence: rank(presence.labels, evidence.presence) }),
    ...(quality && evidence.quality && { quality: rank(quality.labels, evidence.quality) }),
  };
}

/** Objects on the tile by class: the sums of the density map f32[rows, cols, classes]. */
export function densitySums(
  { density: counted }: Pick<Manifest, 'density'>,
  { density }: Pick<Evidence, 'density'>,
): LookResult['densities'] {
  if (!counted || !density) return [];
  const { classes } = counted;
  return classes.map(({ name }, k) => {
    let count = 0;
    for (let i = k; i < density.length; i += classes.length) count += density[i]!;
    return { label: name, count };
  });
}

function rankScenes(scenes: NonNullable<Manifest['scenes']>, probabilities: Float32Array, gsdMetres: number | null) {
  const ranges = scenes.scales?.map(({ gsd: [min, max] }) => ({ min, max })) ?? [];
  const { from = 0, to = scenes.labels.length } = scenes.scales?.[nearestRange(ranges, gsdMetres)] ?? {};
  return rank(scenes.labels.slice(from, to), atTemperature(probabilities.subarray(from, to), scenes.temperature));
}

function rank(labels: readonly { name: string }[], probabilities: Float32Array): Scored[] {
  return labels
    .map(({ name }, i) => ({ label: name, probability: probabilities[i] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}
