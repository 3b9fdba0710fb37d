import { allTasks, type TaskId } from '../../tasks/table.ts';
import type { Task } from '../../tasks/task.ts';
import { loadedModel } from '../format/model-classes.ts';
import { useSession } from '../session-context.ts';
import { chooseTask, draftTask, drawing } from '../ui-state.ts';
import { pickBeforeFile } from './before-image.tsx';

/** The tasks, one of which is always selected. Selecting one writes its question. */
export function TaskChips() {
  const session = useSession();
  const model = loadedModel(session);
  // Before the model has loaded, offers what every model can do.
  const isOffered = ({ id, needs, universal }: Task & { id: TaskId }) =>
    needs.text === 'required' || (model ? model.tasks.includes(id) : universal);
  return (
    <fieldset class="task-chips">
      <legend class="sr-only">Tasks</legend>
      {allTasks()
        .filter(isOffered)
        .map(({ id: task, name, needs }) => (
          <button
            type="button"
            class="chip"
            key={task}
            aria-pressed={draftTask.value === task}
            onClick={() => {
              chooseTask(task);
              if (needs.before && !session.comparison.before.value && session.layers.all.value.length === 1)
                pickBeforeFile();
              if (needs.region && !session.layers.region.value) drawing.value = true;
            }}
          >
            {name.en}
          </button>
        ))}
    </fieldset>
  );
}
