import type { Answer } from '../../session/types.ts';
import { formatDuration, timeLeftMs } from '../format.ts';

/** How many slices are done, and how long the rest will take at this pace. */
export function RunProgress({ answer }: { answer: Answer }) {
  const { done, total, elapsedMs } = answer.progress;
  const left = timeLeftMs(answer.progress);
  return (
    <div class="run-progress">
      <progress value={done} max={Math.max(1, total)} aria-label="Slices done" />
      <span>
        {total > 1 ? `Slice ${Math.min(done + 1, total)} of ${total}` : 'Reading the image'}
        {elapsedMs > 1000 && ` · ${formatDuration(elapsedMs)}`}
        {left !== null && ` · ${formatDuration(left)} left`}
      </span>
    </div>
  );
}
