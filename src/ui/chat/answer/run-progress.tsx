import type { Answer } from '../../../session/document.ts';
import { paceWords } from '../../format/run-pace.ts';
import { useSession } from '../../session-context.ts';

/** How many slices are done, and the time left at this pace or the time without a response. */
export function RunProgress({ answer }: { answer: Answer }) {
  const { done, total } = answer.progress;
  const { elapsed, ahead, remedy } = paceWords(useSession().asking.pulse.value);
  const what = total > 1 ? `Slice ${Math.min(done + 1, total)} of ${total}` : 'Reading the image';
  return (
    <div class="run-progress">
      <progress value={done} max={Math.max(1, total)} aria-label="Slices done" />
      <span>{[what, elapsed, ahead, remedy].filter((each) => each !== null).join(' · ')}</span>
    </div>
  );
}
