import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { AskInput } from '../../session/asking/port.ts';
import { labelRefusal } from '../../session/asking/question.ts';
import type { Session } from '../../session/port.ts';
import { taskOf } from '../../tasks/table.ts';
import { classNames, loadedModel } from '../format/model-classes.ts';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';
import { modelLine } from '../shell/model-menu.tsx';
import { chooseTask, draftLabel, draftNeedsLabel, draftTask, draftText, regionChoice } from '../ui-state.ts';
import { BeforeImageRow } from './before-image.tsx';
import { taskQuestion } from './question.ts';
import { RegionPicker } from './region-picker.tsx';
import { TaskChips } from './task-chips.tsx';

/** Why the question can't be asked now; null if it can. */
function obstacle(session: Pick<Session, 'asking' | 'comparison' | 'layers' | 'model' | 'teaching'>): string | null {
  const state = session.model.state.value;
  if (state.status !== 'ready' && !session.asking.needsModel(askInput(session))) return null;
  if (state.status === 'failed') return 'The model did not load. See “Model and backend” above.';
  if (state.status !== 'ready') return `${modelLine(state)}. You can ask when it is ready.`;
  const { needs } = taskOf(draftTask.value);
  if (needs.region && (!session.layers.region.value || regionChoice.value === 'scene')) {
    return 'Draw a region around the object, or keep the view as the region.';
  }
  if (needs.before && session.comparison.opening.value !== null) return 'The earlier image is being opened.';
  if (needs.before && !session.comparison.before.value) return 'Choose the earlier image to compare with.';
  if (draftNeedsLabel.value && !draftLabel.value.trim()) return 'Name the class to look for.';
  const refusal = draftNeedsLabel.value
    ? labelRefusal(loadedModel(session) ?? state.loaded.model, draftTask.value, draftLabel.value)
    : null;
  if (refusal !== null) return refusal.message;
  if (needs.text === 'required' && !draftText.value?.trim()) return 'Type a question or choose a task.';
  return null;
}

/** What can be named: the detector's classes, and for a count also what is counted without boxes. */
function labelNames(session: Pick<Session, 'model' | 'teaching'>, task: AskInput['task']): string[] {
  const counted = taskOf(task).needs.subject === 'count' ? (loadedModel(session)?.densities ?? []) : [];
  return [...classNames(session), ...counted.map(({ name }) => name)];
}

function askInput(session: Pick<Session, 'layers'>): AskInput {
  const task = draftTask.value;
  const input: AskInput = { task };
  if (draftNeedsLabel.value) input.label = draftLabel.value.trim();
  if (taskOf(task).needs.text !== null) input.text = draftText.value?.trim() ?? '';
  if (regionChoice.value === 'scene') input.region = 'scene';
  else if (regionChoice.value === 'view' && session.layers.region.value && session.layers.view.value)
    input.region = session.layers.view.value;
  return input;
}

/** Where a question is written and sent. Enter sends, Shift+Enter starts a new line. */
export function Composer() {
  const session = useSession();
  const box = useRef<HTMLTextAreaElement>(null);
  const running = session.asking.running.value;
  const blocked = obstacle(session);
  const stopping = useSignal<string | null>(null);
  const text = draftText.value ?? taskQuestion(draftTask.value, draftLabel.value, loadedModel(session));

  const send = () => {
    if (blocked !== null || running !== null) return;
    const input = askInput(session);
    if (taskOf(input.task).needs.text === 'required') draftText.value = '';
    void report(session.notices, 'ask', () => session.asking.ask(input));
  };

  // The box grows with its text, up to a third of the screen.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [text]);

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TaskChips />
      {draftNeedsLabel.value && (
        <div class="field-row label-row">
          <label for="composer-label">Label</label>
          <input
            id="composer-label"
            type="text"
            list="class-names"
            placeholder={classNames(session)[0] ?? 'class'}
            autocomplete="off"
            value={draftLabel.value}
            onInput={(event) => {
              draftLabel.value = event.currentTarget.value;
            }}
          />
          <datalist id="class-names">
            {labelNames(session, draftTask.value).map((name) => (
              <option value={name} key={name} />
            ))}
          </datalist>
        </div>
      )}
      {taskOf(draftTask.value).needs.before && <BeforeImageRow />}
      <textarea
        id="composer-question"
        ref={box}
        rows={1}
        aria-label="Ask about this view"
        aria-describedby="composer-obstacle"
        placeholder="Ask about this view"
        value={text}
        onInput={(event) => {
          // Typing over a task's own question turns it into a free question, except for change: only that task shows
          // two images.
          const { text, before } = taskOf(draftTask.value).needs;
          if (text !== 'required' && !before) chooseTask('ask');
          draftText.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <RegionPicker />
      <div class="composer-actions">
        <p class="obstacle" id="composer-obstacle">
          {running === null
            ? blocked
            : running === stopping.value
              ? 'Stopping after this step.'
              : 'One answer at a time.'}
        </p>
        {running !== null && (
          <button
            type="button"
            class="button"
            aria-disabled={running === stopping.value}
            onClick={() => {
              stopping.value = running;
              session.asking.stop(running);
            }}
          >
            Stop
          </button>
        )}
        {/* aria-disabled instead of disabled, so that the focus stays here while an answer is written. */}
        <button type="submit" class="button primary" aria-disabled={blocked !== null || running !== null}>
          Ask
        </button>
      </div>
    </form>
  );
}
