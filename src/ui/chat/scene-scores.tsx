import { formatProbability } from '../format.ts';

const shown = 3;

/** The three most probable scene classes, or defects, with their probabilities. */
export function SceneScores({ scores, of }: { scores: readonly { label: string; probability: number }[]; of: string }) {
  if (scores.length === 0) return null;
  return (
    <ol class="scene-scores" aria-label={`${of} probabilities`}>
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
