import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Plan } from '../../../plan/plan.ts';
import type { AskInput } from '../../../session/asking/port.ts';
import { doneOf } from '../../../session/asking/slices/coverage.ts';
import type { Answer } from '../../../session/document.ts';
import { isByCover } from '../../../session/exporting/exporting.ts';
import type { Session } from '../../../session/port.ts';
import { isSeenBy } from '../../../session/review/objects.ts';
import { taskOf } from '../../../tasks/table.ts';
import { formatDuration } from '../../format/format.ts';
import { ExportButton } from '../../parts/export-button.tsx';
import { IconButton } from '../../parts/icon-button.tsx';
import { report } from '../../report.ts';
import { useSession } from '../../session-context.ts';
import { hiddenAnswers, hoveredAnswer, toggleAnswer } from '../../ui-state.ts';
import { AnswerDetails } from './answer-details.tsx';
import { AnswerRemarks } from './answer-remarks.tsx';
import { AnswerText } from './answer-text.tsx';
import { Choices } from './fact/choices.tsx';
import { ValueHistogram } from './fact/value-histogram.tsx';
import { PlanChips } from './plan-chips.tsx';
import { Readings } from './readings.tsx';
import { RunProgress } from './run-progress.tsx';
import { SceneScores } from './scene-scores.tsx';
import { TakeBack } from './take-back.tsx';

const regionWords: Record<Answer['regionKind'], string> = { drawn: 'drawn region', view: 'view', scene: 'whole scene' };

/** The same question again, over `region` or the original region. */
function again(answer: Answer, region: NonNullable<AskInput['region']>): AskInput {
  const { task, label, question, generation, plan } = answer;
  // A task in its own words has none of the user's; answers of earlier versions don't say.
  const text = answer.asked?.text ?? question;
  const isInWords = label === null && !taskOf(task).needs.region && text !== '';
  return {
    task,
    label,
    region,
    typed: question,
    ...(plan && { plan }),
    ...(generation && { generation }),
    ...(isInWords && { text }),
  };
}

/** One question with its answer, the objects found, and actions on them. */
export function AnswerCard({ answer }: { answer: Answer }) {
  const session = useSession();
  const detailsOpen = useSignal(false);
  const detailsId = useId();
  const running = answer.status === 'running';
  const ask = (input: AskInput) => void report(session.notices, 'ask', () => session.asking.ask(input));
  const busy = session.asking.running.value !== null;
  const hasObjects = session.review.objects.value.some((object) => isSeenBy(object, answer.id));
  const { scores: shownScores } = taskOf(answer.task);
  const isHidden = hiddenAnswers.value.has(answer.id);
  // A command for which no question was answered says nothing of the image.
  const isAtPlace = answer.fact?.kind === 'value';
  const isByModel = answer.backend.kind !== 'none';
  const isOnlyDone = answer.command !== undefined && answer.plan === undefined;
  const left = answer.status === 'stopped' && answer.coverage ? answer.coverage.total - doneOf(answer.coverage) : 0;
  return (
    <article
      class="answer"
      aria-label={answer.question}
      aria-busy={running}
      onMouseEnter={() => {
        hoveredAnswer.value = answer.id;
      }}
      onMouseLeave={() => {
        hoveredAnswer.value = null;
      }}
    >
      <header>
        <div>
          <h3 class="question">{answer.question}</h3>
          <p class="about">
            {isOnlyDone ? 'command' : isAtPlace ? 'one pixel' : regionWords[answer.regionKind]}
            {answer.before && ` · compared with ${answer.before.fileName}`}
            {answer.timings &&
              ` · ${formatDuration(answer.timings.totalMs)} · ${answer.timings.tokensPerSecond.toFixed(1)} tok/s`}
          </p>
        </div>
        {hasObjects && (
          <IconButton
            icon={isHidden ? 'eyeClosed' : 'eye'}
            label={isHidden ? 'Show boxes' : 'Hide boxes'}
            onClick={() => toggleAnswer(answer.id)}
          />
        )}
        <IconButton icon="copy" label="Copy" tip="Copy the text" onClick={() => copy(session, answer.text)} />
        <IconButton
          icon="trash"
          label="Remove"
          tip="Remove this answer and its objects"
          disabled={running}
          onClick={() => session.review.removeAnswer(answer.id)}
        />
      </header>
      {answer.plan && <PlanChips answer={answer} plan={answer.plan} />}
      <AnswerText answer={answer} />
      {answer.fact?.kind === 'statistics' && answer.fact.statistics.count > 0 && <ValueHistogram fact={answer.fact} />}
      {answer.choices && <Choices choices={answer.choices} />}
      {answer.readings && <Readings answer={answer} readings={answer.readings} />}
      {running && <RunProgress answer={answer} />}
      {shownScores && <SceneScores scores={answer.scores[shownScores] ?? []} of={shownScores} />}
      <AnswerRemarks
        answer={answer}
        onRetryFailed={
          busy ? null : () => void report(session.notices, 'retry-tiles', () => session.asking.retryFailed(answer.id))
        }
        onRetry={busy ? null : () => ask(again(answer, answer.regionKind === 'scene' ? 'scene' : answer.region))}
      />
      <div class="answer-actions">
        {answer.command && <TakeBack command={answer.command} />}
        {!isOnlyDone && (
          <ExportButton
            answerIds={[answer.id]}
            text={(format) => `Export ${format}`}
            tip={() =>
              isByModel ? 'Save the boxes and masks, and how they were made' : 'Save the answer and its numbers'
            }
            disabled={running}
            hasCover={session.cover.layer.value !== null && isByCover(answer)}
          />
        )}
        {left > 0 && answer.plan && (
          <button
            type="button"
            class="action"
            disabled={busy}
            data-tip={`Look at the other ${left}; those that are done are kept`}
            onClick={() => goOn(session, answer.id, answer.plan!)}
          >
            Continue
          </button>
        )}
        {answer.regionKind !== 'scene' && !isAtPlace && (
          <button type="button" class="action" disabled={busy} onClick={() => ask(again(answer, 'scene'))}>
            Run on whole scene
          </button>
        )}
        {isByCover(answer) && session.cover.layer.value?.shown.visible === false && (
          <button type="button" class="action" onClick={() => session.cover.look({ visible: true, hidden: [] })}>
            Show land cover
          </button>
        )}
        {!isOnlyDone && isByModel && (
          <button
            type="button"
            class="action"
            aria-expanded={detailsOpen.value}
            aria-controls={detailsId}
            onClick={() => {
              detailsOpen.value = !detailsOpen.value;
            }}
          >
            Details
          </button>
        )}
      </div>
      <div id={detailsId} hidden={!detailsOpen.value}>
        {detailsOpen.value && <AnswerDetails answer={answer} />}
      </div>
    </article>
  );
}

function goOn({ asking, notices }: Session, answerId: string, plan: Plan): void {
  void report(notices, 'ask', () => asking.runPlan(answerId, plan));
}

function copy({ notices }: Session, text: string): void {
  void report(notices, 'copy-text', () => navigator.clipboard.writeText(text));
}
