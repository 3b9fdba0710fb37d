import type { Manifest } from '../../manifest/manifest.ts';
import type { Evidence } from '../../runtime/engine.ts';
import type { LookResult, Scored, Scores } from '../../types.ts';
import { atTemperature } from './calibration.ts';

/** The scores of the heads that look at the whole image, each list best first. */
export function headScores(
  { scenes, presence, quality }: Pick<Manifest, 'scenes' | 'presence' | 'quality'>,
  evidence: Pick<Evidence, 'scene' | 'presence' | 'quality'>,
): Scores {
  return {
    ...(scenes && { scene: rank(scenes.labels, atTemperature(evidence.scene, scenes.temperature)) }),
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

function rank(labels: readonly { name: string }[], probabilities: Float32Array): Scored[] {
  return labels
    .map(({ name }, i) => ({ label: name, probability: probabilities[i] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}
