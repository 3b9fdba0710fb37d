import type { TaskId } from '../../vlm/types.ts';
import { loadedModel } from '../model-classes.ts';
import { useSession } from '../session-context.ts';
import { chooseTask, draftTask, drawing } from '../ui-state.ts';
import { pickBeforeFile } from './before-image.tsx';

/** "Question", not "Ask": the button that sends has that name. */
const chips: readonly { task: TaskId; name: string }[] = [
  { task: 'ask', name: 'Question' },
  { task: 'describe', name: 'Describe' },
  { task: 'classify', name: 'Classify' },
  { task: 'count', name: 'Count' },
  { task: 'find', name: 'Find' },
  { task: 'identify', name: 'Identify region' },
  { task: 'segment', name: 'Segment' },
  { task: 'quality', name: 'Check quality' },
  { task: 'change', name: 'What changed?' },
];

/** Not every model has learned these. */
const lateTasks: readonly TaskId[] = ['quality', 'change'];

/** The tasks; one is always chosen. Choosing one writes its question. */
export function TaskChips() {
  const session = useSession();
  const model = loadedModel(session);
  // Until the model has said what it can, what every model can.
  const isOffered = (task: TaskId) =>
    task === 'ask' || (model ? model.tasks[task] !== undefined : !lateTasks.includes(task));
  return (
    <fieldset class="task-chips">
      <legend class="sr-only">Tasks</legend>
      {chips
        .filter(({ task }) => isOffered(task))
        .map(({ task, name }) => (
          <button
            type="button"
            class="chip"
            key={task}
            aria-pressed={draftTask.value === task}
            onClick={() => {
              chooseTask(task);
              if (task === 'change' && !session.before.value && session.layers.value.length === 1) pickBeforeFile();
              if (task === 'identify' && !session.region.value) drawing.value = true;
            }}
          >
            {name}
          </button>
        ))}
    </fieldset>
  );
}
