import { ask } from './ask.ts';
import { change } from './change.ts';
import { classify } from './classify.ts';
import { count } from './count.ts';
import { cover } from './cover.ts';
import { describe } from './describe.ts';
import { find } from './find.ts';
import { identify } from './identify.ts';
import { quality } from './quality.ts';
import { segment } from './segment.ts';
import type { Task } from './task.ts';

/** The tasks, in the order of their chips. A new task needs its file and one line here. */
const own = [ask, describe, classify, count, find, identify, segment, cover, quality, change] as const;

export type TaskId = (typeof own)[number]['id'];

const table = new Map<string, Task>(own.map((task) => [task.id, task]));

/** All tasks, in the order of their chips. */
export const allTasks = (): (Task & { id: TaskId })[] => [...table.values()] as (Task & { id: TaskId })[];

export const taskOf = (id: TaskId): Task => table.get(id)!;

/** Adds a task during a test; the returned function removes it. */
export function addTask(task: Task): () => void {
  table.set(task.id, task);
  return () => void table.delete(task.id);
}
