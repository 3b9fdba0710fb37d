import type { Manifest } from '../manifest/manifest.ts';
import type { Evidence } from '../runtime/engine.ts';
import type { LookResult, Scored, Scores } from '../types.ts';
import { atTemperature } from './calibration.ts';

/** The image-wide heads' opinions, each best first. */
export function headScores(
  manifest: Pick<Manifest, 'scenes' | 'sceneTemperature' | 'presence' | 'quality'>,
  evidence: Pick<Evidence, 'scene' | 'presence' | 'quality'>,
): Scores {
  return {
    scene: rank(manifest.scenes, atTemperature(evidence.scene, manifest.sceneTemperature)),
    presence: rank(manifest.presence, evidence.presence),
    ...(evidence.quality && { quality: rank(manifest.quality, evidence.quality) }),
  };
}

/** Objects on the tile by class: the density map, f32[rows, cols, classes], summed. */
export function densitySums(
  { density: classes }: Pick<Manifest, 'density'>,
  { density }: Pick<Evidence, 'density'>,
): LookResult['densities'] {
  if (!density) return [];
  return classes.map(({ name }, k) => {
    let count = 0;
    for (let i = k; i < density.length; i += classes.length) count += density[i]!;
    return { label: name, count };
  });
}

function rank(labels: readonly string[], probabilities: Float32Array): Scored[] {
  return labels
    .map((label, i) => ({ label, probability: probabilities[i] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}
