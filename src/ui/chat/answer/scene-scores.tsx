import type { Scored } from '../../../vlm/types.ts';
import { formatProbability } from '../../format/format.ts';

const shown = 3;

/** The three most probable labels of a head, which `of` names, with their probabilities. */
export function SceneScores({ scores, of }: { scores: readonly Scored[]; of: string }) {
  if (scores.length === 0) return null;
  return (
    <ol class="scene-scores" aria-label={`${of[0]?.toUpperCase()}${of.slice(1)} probabilities`}>
      {scores.slice(0, shown).map(({ label, probability }) => (
        <li key={label}>
          <span class="score-label">{label}</span>
          <span class="score-bar" aria-hidden="true">
            <span style={{ width: `${(probability * 100).toFixed(1)}%` }} />
          </span>
          <span class="score-value">{formatProbability(probability)}</span>
        </li>
      ))}
    </ol>
  );
}
