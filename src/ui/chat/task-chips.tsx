import type { TaskId } from '../../workers/vlm/api.ts';
import { useSession } from '../session-context.ts';
import { chooseTask, draftTask, drawing } from '../ui-state.ts';

/** "Question", not "Ask": the button that sends has that name. */
const chips: readonly { task: TaskId; name: string }[] = [
  { task: 'ask', name: 'Question' },
  { task: 'describe', name: 'Describe' },
  { task: 'classify', name: 'Classify' },
  { task: 'count', name: 'Count' },
  { task: 'find', name: 'Find' },
  { task: 'identify', name: 'Identify region' },
  { task: 'segment', name: 'Segment' },
];

/** The tasks; one is always chosen. Choosing one writes its question. */
export function TaskChips() {
  const session = useSession();
  return (
    <fieldset class="task-chips">
      <legend class="sr-only">Tasks</legend>
      {chips.map(({ task, name }) => (
        <button
          type="button"
          class="chip"
          key={task}
          aria-pressed={draftTask.value === task}
          onClick={() => {
            chooseTask(task);
            if (task === 'identify' && !session.region.value) drawing.value = true;
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
