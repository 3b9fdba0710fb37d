import type { Answer } from '../../../session/document.ts';
import { isSeenBy } from '../../../session/review/objects.ts';
import { isUncertain, uncertainBelow } from '../../format/certainty.ts';
import { useSession } from '../../session-context.ts';
import { classLabelPlural } from '../question.ts';

const times = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** A count without boxes: requested as a task, or in a question about something that the model counts by density. */
function countsByDensity({ task, label, question, model }: Answer): boolean {
  const densities = model.densities ?? [];
  if (task === 'count') return densities.some(({ name }) => name === label);
  const asked = question.toLowerCase();
  return densities.some(({ name, zh }) => asked.includes(name) || (zh !== undefined && asked.includes(zh)));
}

interface Props {
  answer: Answer;
  /** Asks the whole question again; null while a run is active. */
  onRetry: (() => void) | null;
  /** Asks again about the slices that failed; null while a run is active. */
  onRetryFailed: (() => void) | null;
}

/** Remarks on an answer: counts that differ, an answer cut short, boxes dropped, slices failed. */
export function AnswerRemarks({ answer, onRetry, onRetryFailed }: Props) {
  const { review } = useSession();
  const remarks: string[] = [];
  const { stated, merged } = answer.counts;
  const done = answer.status !== 'running';
  const others = answer.otherClassBoxes ?? 0;
  if (done && others > 0) {
    remarks.push(`${times(others, 'box of another class was', 'boxes of other classes were')} left out.`);
  }
  // Slices overlap, so their counts can't be added up.
  if (done && !countsByDensity(answer) && answer.raw.length === 1 && stated !== null && stated !== merged) {
    const noun = answer.label ? classLabelPlural(answer.label, answer.model) : 'objects';
    remarks.push(`The model wrote ${stated}; ${merged} ${noun} were boxed. Check both.`);
  }
  const boxes = review.objects.value.filter((object) => isSeenBy(object, answer.id));
  // Accepted and rejected boxes are settled.
  const uncertain = boxes.filter((box) => box.state === 'proposed' && isUncertain(box)).length;
  if (done && uncertain > 0) {
    const share =
      uncertain === boxes.length
        ? 'All boxes are'
        : `${uncertain} of ${boxes.length} boxes ${uncertain === 1 ? 'is' : 'are'}`;
    remarks.push(`${share} uncertain: score below ${uncertainBelow}, marked “?”.`);
  }
  if (answer.status === 'stopped') remarks.push('Stopped. The text so far is kept.');
  const endedBy = (reason: string) => {
    const count = answer.raw.filter((each) => each.stopReason === reason).length;
    if (count === 0) return null;
    return answer.raw.length === 1 ? '' : ` in ${times(count, 'slice', 'slices')} of ${answer.raw.length}`;
  };
  const repeated = endedBy('repetition');
  if (repeated !== null) remarks.push(`The model began to repeat itself${repeated}; the text was stopped there.`);
  const tooLong = endedBy('max-tokens');
  if (tooLong !== null) remarks.push(`The text reached its length limit${tooLong} and may be incomplete.`);
  const malformed = answer.raw.reduce((sum, each) => sum + (each.numbers.malformed ?? 0), 0);
  if (malformed > 0) remarks.push(`${times(malformed, 'malformed box was', 'malformed boxes were')} dropped.`);
  return (
    <>
      {remarks.length > 0 && (
        <ul class="remarks">
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
      {answer.error && (
        <div class="failure" role="alert">
          <p>
            {answer.error.message} <code>{answer.error.code}</code>
          </p>
          {onRetry && (
            <button type="button" class="button" onClick={onRetry}>
              Try again
            </button>
          )}
        </div>
      )}
      {answer.failedTiles.length > 0 && (
        <div class="failure">
          <p>
            {times(answer.failedTiles.length, 'slice', 'slices')} failed: {answer.failedTiles[0]!.error.message}{' '}
            <code>{answer.failedTiles[0]!.error.code}</code>
          </p>
          {onRetryFailed && (
            <button type="button" class="button" onClick={onRetryFailed}>
              Retry failed
            </button>
          )}
        </div>
      )}
    </>
  );
}
